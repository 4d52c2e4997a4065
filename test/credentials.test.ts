import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CREDENTIALS, ME, TOKEN } from '../local/platform/workspace.ts'
import { type OwnServer, startOwnServer } from './support/own-server.ts'
import { startTestApp, type TestApp, until, untilReady } from './support/test-app.ts'

const TRIPS = '{ trips(first: 1) { nodes { id } } }'

async function why(app: TestApp): Promise<string> {
  const { missing } = await (await fetch(`${app.appUrl}/api/ready`)).json()
  return missing.map((each: { why: string }) => each.why).join()
}

const endConnectionsOf = (app: TestApp, count = 1_000) =>
  app.sql((client) =>
    client.query(
      `select pg_terminate_backend(pid) from
         (select pid from pg_stat_activity where usename = $1 and datname = current_database() limit $2) as ended`,
      [app.tokens.app.id, count],
    ),
  )

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

describe('on a server of its own', () => {
  let server: OwnServer
  let app: TestApp
  beforeAll(async () => {
    server = await startOwnServer()
    app = await startTestApp({ server, database: server.database })
  }, 60_000)
  afterAll(async () => {
    await app.close()
    await server.remove()
  })

  it('connections that are open outlive their password, and only what needs a new one is refused', async () => {
    const lifeMs = 5_000
    await server.forgetCredentials()
    const short = await startTestApp({ server, database: server.database, credentialMs: lifeMs })
    try {
      await Promise.all(Array.from({ length: 8 }, () => short.query(TRIPS)))
      for (const path of [TOKEN, CREDENTIALS, ME]) short.faults.set(path, { status: 503 })
      await sleep(lifeMs + 500)
      for (let count = 0; count < 20; count++) expect((await short.query(TRIPS)).errors).toBeUndefined()
      // One that breaks can't be replaced, but the others are still there.
      await endConnectionsOf(short, 1)
      await sleep(1_000)
      for (let count = 0; count < 20; count++) expect((await short.query(TRIPS)).errors).toBeUndefined()
      await endConnectionsOf(short)
      await until(async () => (await short.query(TRIPS)).status === 503)
      expect((await short.query(TRIPS)).headers.get('retry-after')).toBe('1')
      short.faults.clear()
      await until(async () => (await short.query(TRIPS)).errors === undefined, 20_000)
    } finally {
      await short.close()
      await server.forgetCredentials()
    }
  }, 60_000)

  it('a password that is no longer right is minted anew', async () => {
    await app.query(TRIPS)
    await app.sql((client) => client.query(`alter role "${app.tokens.app.id}" password 'another one'`))
    await server.forgetCredentials()
    await endConnectionsOf(app)
    await until(async () => (await app.query(TRIPS)).errors === undefined)
  })
})

it('a request that the workspace keeps from being answered leaves its reason in the log', async () => {
  const app = await startTestApp({ faults: [[ME, { status: 500, body: 'tell nobody' }]] })
  try {
    const { status, errors } = await app.query(TRIPS)
    expect([status, errors?.[0]?.extensions.code]).toEqual([503, 'UNAVAILABLE'])
    expect(app.seen.find(({ event }) => event === 'request.unavailable')).toMatchObject({
      requestId: errors?.[0]?.extensions.requestId,
      code: 'UNAVAILABLE',
      reason: expect.stringContaining('the workspace answered 500'),
    })
  } finally {
    await app.close()
  }
})
