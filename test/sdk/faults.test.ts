import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { closeServer, listen } from '../../local/platform/listen.ts'
import { createClient, type Document, LakebaseError } from '../../sdk/src/index.ts'
import { dayAhead } from '../support/holiday-mutations.ts'
import { clientOf, recording } from '../support/sdk.ts'
import { startTestApp, type TestApp } from '../support/test-app.ts'

const TOKEN = 'a-token-that-nobody-may-read'
const OPTIONS = { token: () => TOKEN, retries: 1 } as const

let app: TestApp
const closing: (() => Promise<void>)[] = []
beforeAll(async () => {
  app = await startTestApp({ environment: { PROOF_MS: '1', PROOF_GRACE_MS: '1' } })
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})
afterAll(() => app.close())

/** A server that isn't ours. */
async function serve(listener: RequestListener): Promise<string> {
  const { server, port } = await listen(listener)
  closing.push(() => closeServer(server))
  return `http://127.0.0.1:${port}`
}

const json = (response: ServerResponse, body: unknown, headers = {}, status = 200): void =>
  void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

async function errorOf(promise: Promise<unknown>): Promise<LakebaseError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(LakebaseError)
  if (!(error instanceof LakebaseError)) throw error
  expect(`${error.stack} ${String(error.cause)}`).not.toContain(TOKEN)
  return error
}

const VIEWER = { data: { viewer: { id: '1', name: 'a', email: null, kind: 'USER', roles: [] } } }

describe('what is no answer of the API is one typed error that says what to do', () => {
  const page: RequestListener = (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')
  it.each<[string, RequestListener, string, RegExp]>([
    ['a page', page, 'NOT_GRAPHQL', /text\/html, which is no GraphQL. Is that the address/],
    [
      'a redirect to the login page',
      (_, response) => response.writeHead(302, { location: '/login' }).end(),
      'LOGIN_REQUIRED',
      /wants a login.*servicePrincipal\(\)/,
    ],
    ['401 of the platform', (_, r) => r.writeHead(401).end('no'), 'UNAUTHENTICATED', /takes no such token/],
    ['403 of the platform', (_, r) => r.writeHead(403).end('no'), 'FORBIDDEN', /CAN_USE/],
    ['JSON of something else', (_, r) => json(r, { status: 'ok' }), 'NOT_GRAPHQL', /without data and errors/],
    ['404', (_, r) => r.writeHead(404, { 'content-type': 'text/plain' }).end('no'), 'NOT_GRAPHQL', /404 with text/],
    [
      'half of an answer, whole by its length',
      (_, r) => r.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{"viewer'),
      'BAD_ANSWER',
      /no whole JSON/,
    ],
    [
      'an answer that is cut',
      (_, r) => {
        r.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000 }).write('{"data":')
        setTimeout(() => r.destroy(), 20)
      },
      'NETWORK',
      /only a part/,
    ],
    ['a proxy that cuts', (request) => request.socket.destroy(), 'NETWORK', /Nothing came back/],
    ['502 of a proxy', (_, r) => r.writeHead(502, { 'content-type': 'text/html' }).end('bad'), 'NETWORK', /502/],
  ])('%s', async (_, listener, code, words) => {
    const url = await serve(listener)
    const error = await errorOf(createClient({ url, ...OPTIONS }).viewer())
    expect(error.message).toMatch(words)
    expect(error.code).toBe(code)
  })

  it('nobody listens', async () => {
    const url = await serve(() => undefined)
    for (const close of closing.splice(0)) await close()
    expect((await errorOf(createClient({ url, ...OPTIONS }).viewer())).code).toBe('NETWORK')
  })

  it('a server that says nothing: the time is up when it was said to be', async () => {
    const lake = createClient({ url: await serve(() => undefined), ...OPTIONS, timeoutMs: 300 })
    const began = performance.now()
    expect((await errorOf(lake.viewer())).code).toBe('TIMED_OUT')
    expect(performance.now() - began).toBeLessThan(2_000)
  })

  it('a token provider that fails, gives none, or never ends', async () => {
    const url = await serve((_, response) => json(response, VIEWER))
    const failing = createClient({ url, token: () => Promise.reject(new Error('no secret')) })
    expect((await errorOf(failing.viewer())).code).toBe('NO_TOKEN')
    expect((await errorOf(createClient({ url, token: () => 'two\nlines' }).viewer())).code).toBe('NO_TOKEN')
    const endless = createClient({ url, token: () => new Promise<string>(() => undefined), timeoutMs: 200 })
    expect((await errorOf(endless.viewer())).code).toBe('TIMED_OUT')
  })

  it('a caller that wants no more', async () => {
    const lake = createClient({ url: await serve(() => undefined), ...OPTIONS })
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 50)
    expect((await errorOf(lake.viewer({}, { signal: controller.signal }))).code).toBe('ABORTED')
    expect((await errorOf(lake.viewer({}, { signal: AbortSignal.abort() }))).code).toBe('ABORTED')
  })
})

describe('what is safe to repeat is tried again', () => {
  /** Fails so often, then answers. */
  async function failing(times: number, fail: (request: IncomingMessage, response: ServerResponse) => void) {
    const at: number[] = []
    const url = await serve((request, response) => {
      at.push(performance.now())
      if (at.length <= times) fail(request, response)
      else json(response, VIEWER)
    })
    return { at, url }
  }

  it('a proxy that cuts, and 502s: three more times', async () => {
    const { at, url } = await failing(3, (request) => request.socket.destroy())
    expect(await createClient({ url }).viewer()).toMatchObject({ name: 'a' })
    expect(at).toHaveLength(4)
    const more = await failing(4, (_, response) => response.writeHead(502).end())
    expect((await errorOf(createClient({ url: more.url }).viewer())).status).toBe(502)
  })

  it.each([
    ['seconds', { 'retry-after': '1' }],
    ['a date, by the server’s clock, which is a day ahead of ours', inSeconds(86_400, 1)],
  ])('after as long as the server says: %s', async (_, headers) => {
    const errors = [{ message: 'busy', extensions: { code: 'RATE_LIMITED' } }]
    const { at, url } = await failing(1, (_, response) => json(response, { errors }, headers, 429))
    await createClient({ url }).viewer()
    const [first = 0, second = 0] = at
    expect(second - first).toBeGreaterThan(900)
    expect(second - first).toBeLessThan(3_000)
  })

  it('but not longer than the call’s time: what the server said is thrown at once', async () => {
    const errors = [{ message: 'asleep', extensions: { code: 'UNAVAILABLE' } }]
    const { at, url } = await failing(9, (_, r) => json(r, { errors }, { 'retry-after': '60' }, 503))
    const error = await errorOf(createClient({ url, timeoutMs: 2_000 }).viewer())
    expect([error.code, error.retryAfterMs, at.length]).toEqual(['UNAVAILABLE', 60_000, 1])
  })

  it('a mutation whose answer was lost is done once', async () => {
    let lost = 0
    const url = await serve((request, response) => {
      // To the app, and back only the second time.
      const chunks: Buffer[] = []
      request.on('data', (chunk) => chunks.push(chunk))
      request.on('end', async () => {
        const { host: _host, connection: _connection, ...headers } = request.headers
        const sent = { method: request.method ?? '', headers: headers as Record<string, string> }
        const body = chunks.length > 0 ? Buffer.concat(chunks) : null
        const answer = await fetch(`${app.url}${request.url}`, { ...sent, body })
        const bytes = Buffer.from(await answer.arrayBuffer())
        if (request.method === 'POST' && lost++ === 0) request.socket.destroy()
        else response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(bytes)
      })
    })
    const bob = clientOf({ url, tokens: app.tokens }, 'bob@example.com')
    const dates = { startDate: dayAhead(300), endDate: dayAhead(301) }
    expect(await bob.createHolidayRequest(dates)).toMatchObject({ __typename: 'HolidayRequest' })
    expect(lost).toBeGreaterThan(1)
    const filter = { dates: { from: dates.startDate, until: dates.endDate } }
    expect((await clientOf(app, 'bob@example.com').holidayRequests({ filter })).nodes).toHaveLength(1)
  })
})

function inSeconds(skew: number, seconds: number): Record<string, string> {
  const now = Math.floor(Date.now() / 1_000) * 1_000 + skew * 1_000
  return { date: new Date(now).toUTCString(), 'retry-after': new Date(now + seconds * 1_000).toUTCString() }
}

describe('a token that ends in the middle of a walk', () => {
  it('is asked for anew, and the walk goes on', async () => {
    const { alice, tokens } = app
    const [lake, all] = [clientOf(app), clientOf(app)]
    let count = 0
    for await (const _trip of lake.trips.pages({ first: 40, filter: { pickupZip: '10001' } })) {
      if (++count !== 20) continue
      const old = tokens.of(alice)
      tokens.rotate(alice)
      tokens.revoke(old)
      await sleep(5)
    }
    expect(count).toBe((await all.tripStats({ filter: { pickupZip: '10001' } })).count)
  })

  it('or, where there is no other, the error says from where to go on', async () => {
    const { alice, tokens } = app
    const token = tokens.of(alice)
    const lake = clientOf(app, undefined, { token: () => token })
    const filter = { pickupZip: '10001' }
    const seen: string[] = []
    const error = await errorOf(
      (async () => {
        for await (const { tripId } of lake.trips.pages({ first: 40, filter })) {
          if (seen.push(tripId) !== 20) continue
          tokens.rotate(alice)
          tokens.revoke(token)
          await sleep(5)
        }
      })(),
    )
    expect(error.code).toBe('UNAUTHENTICATED')
    for await (const { tripId } of clientOf(app).trips.pages({ first: 40, filter, after: error.after ?? null })) {
      seen.push(tripId)
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toHaveLength((await clientOf(app).tripStats({ filter })).count)
  })
})

describe('another version', () => {
  it('of the schema: says that they don’t fit', async () => {
    const text = 'query gone { trips(first: 1) { nodes { colour } } }'
    const gone: Document<unknown, Record<string, never>> & { readonly kind: 'query' } = {
      ...{ kind: 'query', name: 'gone', text, id: `sha256:${'0'.repeat(64)}` },
    }
    const error = await errorOf(clientOf(app).query(gone))
    expect([error.code, error.problems[0]?.code]).toEqual(['SCHEMA_MISMATCH', 'GRAPHQL_VALIDATION_FAILED'])
    expect(error.message).toMatch(/colour.*One of them is older/s)
  })

  it('of the client, older than the oldest that the server takes, is told so by name, from memory too', async () => {
    const old: typeof fetch = (input, init) =>
      fetch(input, { ...init, headers: { ...init?.headers, 'x-client': 'lakebase-graphql-sdk/0.0.9' } })
    const { seen, fetch: recorded } = recording()
    for (let time = 0; time < 3; time++) await clientOf(app, undefined, { fetch: recorded }).tripStats()
    const error = await errorOf(clientOf(app, undefined, { fetch: old }).tripStats())
    expect([error.code, error.status]).toEqual(['CLIENT_TOO_OLD', 400])
    expect(error.message).toContain('npm install lakebase-graphql-sdk@latest')
    expect(seen.map(({ oldest }) => oldest)).toEqual(['0.1.0', '0.1.0', '0.1.0'])
  })
})
