import { describe, expect, it } from 'vitest'
import { CREDENTIALS, TOKEN } from '../local/platform/workspace.ts'
import { startTestApp, type TestApp, until, untilReady } from './support/test-app.ts'

const TRIPS = '{ trips(first: 1) { nodes { id } } }'

async function why(app: TestApp): Promise<string> {
  const { missing } = await (await fetch(`${app.appUrl}/api/ready`)).json()
  return missing.map((each: { why: string }) => each.why).join()
}

describe('the app’s own credential', () => {
  it.each([
    ['token', TOKEN, { status: 500 }, 'the workspace answered 500'],
    ['token', TOKEN, { status: 401, body: '{"error":"invalid_client"}' }, 'the workspace answered 401'],
    ['credential', CREDENTIALS, { status: 429 }, 'the workspace answered 429'],
    ['credential', CREDENTIALS, { status: 404 }, 'answered 404 when asked for a database credential'],
    ['credential', CREDENTIALS, { status: 200, body: '<html>' }, 'has not the form'],
  ])('without a %s (%s: %j) says so, and comes by itself once there is one', async (_what, path, fault, reason) => {
    const app = await startTestApp({ unready: true, faults: [[path, fault]] })
    try {
      await until(async () => (await why(app)).includes(reason))
      const { status, headers } = await app.query(TRIPS)
      expect([status, headers.has('retry-after')]).toEqual([503, true])
      app.faults.clear()
      await untilReady(app.appUrl)
      // The same fault may have kept the viewer's token from being proven, for a second.
      await until(async () => (await app.query(TRIPS)).errors === undefined)
    } finally {
      await app.close()
    }
  })

  it('is in nothing that was observed, nor is what it was minted with', async () => {
    const app = await startTestApp()
    try {
      await app.query(TRIPS)
      app.faults.set(CREDENTIALS, { status: 500, body: 'tell nobody' })
      await app.query(TRIPS, {}, 'bob@example.com')
      const seen = JSON.stringify(app.seen)
      for (const secret of [app.tokens.app.secret, app.tokens.of(app.alice), app.appPassword, 'tell nobody']) {
        expect(secret.length).toBeGreaterThan(5)
        expect(seen).not.toContain(secret)
      }
    } finally {
      await app.close()
    }
  })
})
