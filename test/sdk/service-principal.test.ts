import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPersona, type Persona } from '../../local/platform/personas.ts'
import { TOKEN } from '../../local/platform/workspace.ts'
import { createClient, LakebaseError, servicePrincipal, type TokenProvider } from '../../sdk/src/index.ts'
import { startTestApp, type TestApp } from '../support/test-app.ts'

let app: TestApp
let principal: Persona
beforeAll(async () => {
  app = await startTestApp({ environment: { PROOF_MS: '1', PROOF_GRACE_MS: '1' } })
  const found = findPersona('3d8e6f52-90c4-4f7b-8a6d-2b7c1e5f4a90')
  if (!found) throw new Error('there is no service principal')
  principal = found
})
afterAll(() => app.close())

/** Its provider, how often the workspace was asked, and how long a token is said to live, in seconds. */
function provider({ seconds, secret }: { seconds?: number; secret?: string } = {}) {
  let asked = 0
  const fetch: typeof globalThis.fetch = async (input, init) => {
    asked++
    const answer = await globalThis.fetch(input, init)
    const body = await answer.json()
    return Response.json({ ...body, ...(seconds !== undefined && { expires_in: seconds }) }, { status: answer.status })
  }
  const clientSecret = secret ?? app.tokens.secretOf(principal) ?? ''
  const token: TokenProvider = servicePrincipal({
    ...{ host: app.workspaceUrl, clientId: principal.userName, clientSecret, fetch },
  })
  return { token, asked: () => asked }
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof LakebaseError)) throw new Error('it should have failed')
  expect(`${error.stack}${String(error.cause)}`).not.toContain(app.tokens.secretOf(principal) ?? '?')
  return `${error.code}: ${error.message}`
}

describe('a service principal', () => {
  it('calls as itself', async () => {
    const viewer = await createClient({ url: app.url, token: provider().token }).viewer()
    expect(viewer).toMatchObject({ name: 'nightly-report', kind: 'SERVICE_PRINCIPAL' })
  })

  it('asks for one token for all who wait, and keeps it', async () => {
    const { token, asked } = provider()
    const tokens = await Promise.all(Array.from({ length: 20 }, () => token()))
    expect([new Set(tokens).size, asked()]).toEqual([1, 1])
    await token()
    expect(asked()).toBe(1)
  })

  it('asks for the next one ahead of time, and keeps nobody waiting for it', async () => {
    const { token, asked } = provider({ seconds: 1 })
    const first = await token()
    await new Promise((resolve) => setTimeout(resolve, 850))
    expect(await token()).toBe(first)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await token()).not.toBe(first)
    expect(asked()).toBe(2)
  })

  it('does not look at the clock of the wall', async () => {
    const { token, asked } = provider({ seconds: 60 })
    const now = Date.now
    Date.now = () => now() + 86_400_000
    try {
      await token()
      await token()
    } finally {
      Date.now = now
    }
    await token()
    expect(asked()).toBe(1)
  })

  it('gets another one when the one it has is refused', async () => {
    const { token, asked } = provider()
    const lake = createClient({ url: app.url, token })
    await lake.viewer()
    app.tokens.revoke(await token())
    expect(await lake.viewer()).toMatchObject({ name: 'nightly-report' })
    expect(asked()).toBe(2)
  })

  it('is told what is wrong: its secret, the workspace, the host', async () => {
    const wrong = createClient({ url: app.url, token: provider({ secret: 'wrong' }).token })
    expect(await codeOf(wrong.viewer())).toMatch(/^NO_TOKEN: .*no such clientId and clientSecret/)
    app.faults.set(TOKEN, { status: 500, body: '{}' })
    const ill = createClient({ url: app.url, token: provider().token })
    expect(await codeOf(ill.viewer())).toMatch(/^NO_TOKEN: The workspace answered 500/)
    app.faults.delete(TOKEN)
    expect(await ill.viewer()).toMatchObject({ name: 'nightly-report' })
    const nobody = servicePrincipal({ host: 'http://127.0.0.1:9', clientId: 'a', clientSecret: 'b' })
    expect(await codeOf(createClient({ url: app.url, token: nobody }).viewer())).toMatch(/^NO_TOKEN: .*no answer/)
    const clear = (): unknown => servicePrincipal({ host: 'http://example.com', clientId: 'a', clientSecret: 'b' })
    expect(clear).toThrow('host must be the workspace')
  })
})
