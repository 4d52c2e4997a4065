import { createConnection } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { accessTo } from './support/database-access.ts'
import { type FaultyProxy, startFaultyProxy } from './support/faulty-proxy.ts'
import { type OwnServer, startOwnServer } from './support/own-server.ts'
import { createDatabase, startTestApp, type TestApp, until, untilReady } from './support/test-app.ts'

const QUERY = '{ trips(first: 5) { nodes { id } } }'
let app: TestApp | undefined
afterEach(async () => {
  await app?.close()
  app = undefined
})

describe('Postgres stopped', () => {
  let server: OwnServer
  beforeAll(async () => {
    server = await startOwnServer()
  })
  afterAll(() => server.remove())

  it('while the app runs: live, not ready, 503 with Retry-After, and back by itself', async () => {
    const running = await startTestApp({ server, database: server.database, environment: { CACHE: 'off' } })
    app = running
    expect((await running.query(QUERY)).status).toBe(200)
    await server.stop()
    const { status, headers, errors } = await running.query(QUERY)
    expect([status, headers.get('retry-after'), errors?.[0]?.extensions.code]).toEqual([503, '1', 'UNAVAILABLE'])
    await until(async () => (await fetch(`${running.appUrl}/api/ready`)).status === 503)
    const ready = await (await fetch(`${running.appUrl}/api/ready`)).json()
    const why = expect.stringMatching(/^Postgres (can’t be reached|takes no connections now \(SQLSTATE \w+\))$/)
    expect(ready).toEqual({ ready: false, missing: [{ what: 'database', why }] })
    expect((await fetch(`${running.appUrl}/api/live`)).status).toBe(200)
    expect((await running.query('{ __typename }')).data).toEqual({ __typename: 'Query' })
    await server.start()
    const back = performance.now()
    await untilReady(running.appUrl)
    expect(performance.now() - back).toBeLessThan(2_000)
    expect((await running.query(QUERY)).data.trips.nodes).toHaveLength(5)
  })

  it('when the app starts: it starts all the same, and is ready when Postgres is', async () => {
    await server.stop()
    const running = await startTestApp({ server, database: server.database, unready: true })
    app = running
    await until(() => running.seen.some(({ event }) => event === 'database.lost'))
    expect((await running.query(QUERY)).status).toBe(503)
    await server.start()
    await untilReady(running.appUrl)
    // The simulated workspace mints by Postgres: who has asked meanwhile is looked at again after `Retry-After`, a second.
    await until(async () => (await running.query(QUERY)).status === 200, 1_500)
    expect((await running.query(QUERY)).data.trips.nodes).toHaveLength(5)
  })

  it('and started between two reads is not noticed by clients', async () => {
    const running = await startTestApp({ server, database: server.database, environment: { CACHE: 'off' } })
    app = running
    await Promise.all(Array.from({ length: 8 }, () => running.query(QUERY)))
    await server.stop()
    await server.start()
    await untilReady(running.appUrl)
    for (let again = 0; again < 10; again++) expect((await running.query(QUERY)).status).toBe(200)
  })
})

describe('connections', () => {
  let proxy: FaultyProxy
  beforeAll(async () => {
    proxy = await startFaultyProxy(inject('server').port)
  })
  afterAll(() => proxy.close())
  const start = async (timeoutMs: number) => {
    const server = { ...inject('server'), port: proxy.port }
    const direct = await startTestApp()
    const running = await startTestApp({
      server,
      database: direct.database,
      environment: { REQUEST_TIMEOUT_MS: String(timeoutMs), CACHE: 'off' },
    })
    app = {
      ...running,
      async close() {
        proxy.heal()
        await running.close()
        await direct.close()
      },
    }
    return running
  }

  it('that are reset while idle cost no request', async () => {
    const running = await start(5_000)
    for (let again = 0; again < 5; again++) {
      await Promise.all(Array.from({ length: 4 }, () => running.query(QUERY)))
      proxy.reset()
      const answers = await Promise.all(Array.from({ length: 4 }, () => running.query(QUERY)))
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    }
  })

  it('that are ended by Postgres in the middle of everything never end the process', async () => {
    const running = await start(5_000)
    const died: unknown[] = []
    const note = (error: unknown) => died.push(error)
    process.on('uncaughtException', note)
    for (let again = 0; again < 40; again++) {
      const asked = Array.from({ length: 10 }, () => running.query(QUERY))
      await running.sql((client) =>
        client.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'lakebase-graphql' and datname = current_database()",
        ),
      )
      if (again % 4 === 0) proxy.reset()
      for (const { status } of await Promise.all(asked)) expect([200, 503]).toContain(status)
    }
    process.off('uncaughtException', note)
    expect(died).toEqual([])
    await until(async () => (await running.query(QUERY)).status === 200)
  })

  it('that swallow everything end in 504 at the deadline, are given up, and the app recovers', async () => {
    const running = await start(1_000)
    await running.query(QUERY)
    proxy.swallow()
    const began = performance.now()
    const { status, errors } = await running.query(QUERY)
    expect([status, errors?.[0]?.extensions.code]).toEqual([504, 'DEADLINE_EXCEEDED'])
    expect(performance.now() - began).toBeLessThan(2_000)
    proxy.heal()
    await until(async () => (await running.query(QUERY)).status === 200, 8_000)
    await until(() => proxy.open() <= 4, 8_000)
  })
})

describe('indexes', () => {
  it('whose making was broken off are made after all', async () => {
    // No other app on it, which might make the index too.
    const database = await createDatabase()
    const { sql } = accessTo(inject('server'), database)
    const ask = (text: string) => sql((client) => client.query(text))
    const making = "from pg_stat_activity where query like 'create index%' and datname = current_database()"
    await ask('drop index taxi.trips_fare')
    const running = await sql(async (client) => {
      await client.query('begin; lock table taxi.trips_synced in row exclusive mode')
      const running = await startTestApp({ database })
      app = running
      await until(async () => (await ask(`select 1 ${making} and wait_event_type = 'Lock'`)).rowCount === 1)
      await ask(`select pg_terminate_backend(pid) ${making}`)
      await until(() => running.seen.some(({ event }) => event === 'indexing.failed'))
      await client.query('rollback')
      return running
    })
    await running.query('{ trips(first: 1) { nodes { distance } } }')
    // Whatever makes the app look at its tables again makes it look for its indexes too.
    await ask('alter table taxi.trips_synced alter trip_distance type numeric')
    await until(async () => {
      await running.query('{ trips(first: 1) { nodes { distance } } }')
      return (await ask("select 1 from pg_indexes where indexname = 'trips_fare'")).rowCount === 1
    })
  })
})

describe('a statement', () => {
  const slow = (running: TestApp) =>
    running.sql((client) =>
      client.query(
        "select count(*)::int as n from pg_stat_activity where query like '%trips.page%' and state = 'active' and application_name = 'lakebase-graphql' and datname = current_database()",
      ),
    )

  /** A lock that every read of trips has to wait for. */
  async function whileLocked(running: TestApp, work: () => Promise<void>): Promise<void> {
    await running.sql(async (client) => {
      await client.query('begin; lock table taxi.trips_synced in access exclusive mode')
      await work()
      await client.query('rollback')
    })
  }

  it('is ended when its client leaves, and its connection serves the next', async () => {
    const running = await startTestApp({ environment: { DB_MAX_CONNECTIONS: '3', CACHE: 'off' } }) // one for reads
    app = running
    await whileLocked(running, async () => {
      const leaving = new AbortController()
      const gone = fetch(`${running.url}/api/graphql`, {
        method: 'POST',
        signal: leaving.signal,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: QUERY }),
      })
      await until(async () => (await slow(running)).rows[0].n === 1)
      leaving.abort()
      await expect(gone).rejects.toThrow()
      const left = performance.now()
      await until(async () => (await slow(running)).rows[0].n === 0)
      expect(performance.now() - left).toBeLessThan(1_000)
    })
    for (let again = 0; again < 5; again++) expect((await running.query(QUERY)).status).toBe(200)
  })

  it('of each pipelined request is ended when their client leaves', async () => {
    const running = await startTestApp({ environment: { CACHE: 'off' } })
    app = running
    await whileLocked(running, async () => {
      const body = JSON.stringify({ query: QUERY })
      const token = running.tokens.of(running.alice)
      const request = `POST /api/graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Forwarded-Access-Token: ${token}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
      const socket = createConnection(Number(new URL(running.appUrl).port), '127.0.0.1')
      socket.write(request.repeat(5))
      await until(async () => (await slow(running)).rows[0].n === 5)
      socket.destroy()
      await until(async () => (await slow(running)).rows[0].n === 0, 2_000)
    })
    await until(() => running.seen.filter((each) => each.event === 'request' && each.status === 499).length === 5)
  })

  it('is ended at the request’s deadline, with 504', async () => {
    const running = await startTestApp({ environment: { REQUEST_TIMEOUT_MS: '500', CACHE: 'off' } })
    app = running
    await whileLocked(running, async () => {
      const began = performance.now()
      const { status, errors } = await running.query(QUERY)
      expect([status, errors?.[0]?.extensions.code]).toEqual([504, 'DEADLINE_EXCEEDED'])
      expect(performance.now() - began).toBeLessThan(1_500)
      await until(async () => (await slow(running)).rows[0].n === 0, 2_000)
    })
  })

  it('that waits for a connection ends at the deadline too, and nobody takes more than there are', async () => {
    const running = await startTestApp({
      environment: { REQUEST_TIMEOUT_MS: '700', CACHE: 'off', DB_MAX_CONNECTIONS: '5' },
    })
    app = running
    await whileLocked(running, async () => {
      const answers = Promise.all(Array.from({ length: 12 }, () => running.query(QUERY)))
      await sleep(300)
      const { rows } = await running.sql((client) =>
        client.query(
          "select count(*)::int as n from pg_stat_activity where application_name = 'lakebase-graphql' and datname = current_database()",
        ),
      )
      expect(rows[0].n).toBeLessThanOrEqual(5)
      expect(new Set((await answers).map(({ status }) => status))).toEqual(new Set([504]))
    })
    await until(async () => (await running.query(QUERY)).status === 200)
  })
})
