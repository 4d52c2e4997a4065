import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { freePort } from '../local/free-port.ts'
import { ENDPOINT, TOKEN } from '../local/platform/workspace.ts'
import { type FaultyProxy, startFaultyProxy } from './support/faulty-proxy.ts'
import { start } from './support/process.ts'
import { startTestApp, type TestApp, until, untilLive, untilReady } from './support/test-app.ts'

const MAIN = join(import.meta.dirname, '..', 'src', 'main.ts')
const FLAGS = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning']
let app: TestApp | undefined
const closing: (() => Promise<void>)[] = []
/** What mints the app's password. */
const MINTED = { PGPASSWORD: '', LAKEBASE_ENDPOINT: ENDPOINT }
afterEach(async () => {
  for (let close = closing.pop(); close; close = closing.pop()) await close()
  await app?.close()
  app = undefined
})

/** The app as a process of its own, as the platform starts it. */
const startProcess = (environment: Record<string, string>) =>
  start(process.execPath, [...FLAGS, MAIN], { env: { PATH: process.env['PATH'], ...environment } })

async function environmentFor(running: TestApp, port: number): Promise<Record<string, string>> {
  const { host, port: pgPort, logins } = inject('server')
  return {
    PGHOST: host,
    PGPORT: String(pgPort),
    PGDATABASE: running.database,
    PGUSER: logins.app.user,
    PGPASSWORD: logins.app.password,
    VIEWER_ACCESS: 'claims',
    PGSSLMODE: 'disable',
    DATABRICKS_HOST: running.workspaceUrl,
    HOST: '127.0.0.1',
    DRAIN_MS: '0',
    DATABRICKS_APP_PORT: String(port),
  }
}

describe('the process', () => {
  it('stops at once with one message when settings are missing', async () => {
    const { ended, output } = startProcess({})
    expect(await ended).toBe(1)
    for (const name of ['PGHOST', 'PGDATABASE', 'PGUSER', 'DATABRICKS_HOST'])
      expect(output()).toContain(`- ${name} is missing`)
    expect(output()).toMatch(/- LAKEBASE_ENDPOINT, .*: missing.* or PGPASSWORD/)
    expect(output()).not.toContain('at ')
  })

  it('says it when its port is taken', async () => {
    app = await startTestApp()
    const port = await freePort()
    const taken = createServer().listen(port, '127.0.0.1')
    const { ended, output } = startProcess(await environmentFor(app, port))
    expect(await ended).toBe(1)
    expect(output()).toContain(`Port ${port} is taken`)
    await new Promise((resolve) => taken.close(resolve))
  })

  it('says it when it can’t listen at its address', async () => {
    app = await startTestApp()
    for (const HOST of ['203.0.113.1', 'no-such-host.invalid']) {
      const { ended, output } = startProcess({ ...(await environmentFor(app, await freePort())), HOST })
      expect(await ended).toBe(1)
      expect(output()).toBe(
        `HOST=${HOST} is no address of this machine. Leave it out: 0.0.0.0 listens on all of them.\n`,
      )
    }
  })

  it('keeps idle connections for longer than proxies do, so that no request meets one that is being closed', async () => {
    app = await startTestApp()
    const port = await freePort()
    const { child, ended } = startProcess(await environmentFor(app, port))
    const url = `http://127.0.0.1:${port}`
    await untilLive(url)
    const { headers } = await fetch(`${url}/api/live`)
    expect([headers.get('connection'), headers.get('keep-alive')]).toEqual(['keep-alive', 'timeout=3660'])
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
  })

  it('on SIGTERM says that it isn’t ready, and takes new requests until that has been seen', async () => {
    app = await startTestApp()
    const port = await freePort()
    const { child, ended } = startProcess({ ...(await environmentFor(app, port)), DRAIN_MS: '1000' })
    const url = `http://127.0.0.1:${port}`
    await untilLive(url)
    await untilReady(url)
    const asked = performance.now()
    child.kill('SIGTERM')
    await until(async () => (await fetch(`${url}/api/ready`)).status === 503)
    const { missing } = await (await fetch(`${url}/api/ready`)).json()
    expect(missing).toEqual([{ what: 'process', why: 'it is stopping' }])
    const late = await fetch(`${url}/api/live`)
    expect([late.status, late.headers.get('connection')]).toEqual([200, 'close'])
    expect(await ended).toBe(0)
    expect(performance.now() - asked).toBeGreaterThan(1_000)
  })

  it.each<[string, (running: TestApp, proxy: FaultyProxy) => Promise<Record<string, string>>]>([
    [
      'Postgres hangs',
      async (_running, proxy) => {
        proxy.swallow()
        return { PGPORT: String(proxy.port) }
      },
    ],
    [
      'the workspace hangs',
      async (running) => {
        running.faults.set(TOKEN, { delayMs: 60_000 })
        const { id, secret } = running.tokens.app
        return { ...MINTED, DATABRICKS_CLIENT_ID: id, DATABRICKS_CLIENT_SECRET: secret }
      },
    ],
    [
      'it waits for its turn to migrate',
      async (running) => {
        await running.sql((client) => client.query('delete from lakebase_graphql.holidays_migrations'))
        const holder = new Client({
          ...inject('server').logins.postgres,
          ...inject('server'),
          database: running.database,
        })
        await holder.connect()
        closing.push(() => holder.end())
        await holder.query('begin; lock table lakebase_graphql.migration_turn')
        return {}
      },
    ],
  ])('on SIGTERM while %s ends soon, with code 0', async (_what, breaks) => {
    const running = await startTestApp()
    app = running
    const proxy = await startFaultyProxy(inject('server').port)
    closing.push(proxy.close)
    const port = await freePort()
    const more = await breaks(running, proxy)
    const { child, ended, output } = startProcess({ ...(await environmentFor(running, port)), ...more })
    await untilLive(`http://127.0.0.1:${port}`)
    await sleep(300)
    const asked = performance.now()
    child.kill('SIGTERM')
    expect(await ended, output()).toBe(0)
    expect(performance.now() - asked).toBeLessThan(4_000)
  })

  it('on SIGTERM ends though nobody reads what it says', async () => {
    const running = await startTestApp()
    app = running
    const port = await freePort()
    const environment = { PATH: process.env['PATH'], ...(await environmentFor(running, port)) }
    const child = spawn(process.execPath, [...FLAGS, MAIN], { stdio: ['ignore', 'pipe', 'inherit'], env: environment })
    const ended = new Promise((resolve) => child.once('exit', resolve))
    const url = `http://127.0.0.1:${port}`
    await untilLive(url)
    // More than fits into a pipe and what stands behind it.
    for (let again = 0; again < 40; again++) {
      await Promise.all(Array.from({ length: 40 }, () => fetch(`${url}/api/live`).then((answer) => answer.text())))
    }
    const asked = performance.now()
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(performance.now() - asked).toBeLessThan(3_000)
  })

  it('on a second SIGTERM ends at once', async () => {
    app = await startTestApp()
    const port = await freePort()
    const { child, ended } = startProcess({ ...(await environmentFor(app, port)), DRAIN_MS: '5000' })
    const url = `http://127.0.0.1:${port}`
    await untilLive(url)
    // While it starts it isn't ready either: two signals at the same moment are one.
    await untilReady(url)
    child.kill('SIGTERM')
    await until(async () => (await fetch(`${url}/api/ready`)).status === 503)
    const again = performance.now()
    child.kill('SIGTERM')
    expect(await ended).toBe(1)
    expect(performance.now() - again).toBeLessThan(500)
  })

  it('on SIGTERM finishes what it is answering, says that it isn’t ready, and ends with code 0', async () => {
    const running = await startTestApp()
    app = running
    const port = await freePort()
    const { child, ended, output, log } = startProcess(await environmentFor(running, port))
    const url = `http://127.0.0.1:${port}`
    await untilLive(url)
    await untilReady(url)
    const { answer, stopped } = await running.sql(async (client) => {
      await client.query('begin; lock table taxi.trips_synced in access exclusive mode')
      const pending = fetch(`${url}/api/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-access-token': running.tokens.of(running.alice) },
        body: JSON.stringify({ query: '{ trips(first: 3) { nodes { id } } }' }),
      })
      await until(
        async () =>
          (await client.query("select 1 from pg_locks where not granted and relation = 'taxi.trips_synced'::regclass"))
            .rowCount === 1,
      )
      child.kill('SIGTERM')
      await until(() =>
        fetch(`${url}/api/live`).then(
          () => false,
          () => true,
        ),
      )
      await client.query('rollback')
      return { answer: await pending, stopped: performance.now() }
    })
    expect((await answer.json()).data.trips.nodes).toHaveLength(3)
    expect(await ended).toBe(0)
    expect(performance.now() - stopped).toBeLessThan(3_000)
    const { version } = JSON.parse(readFileSync(join(MAIN, '..', '..', 'package.json'), 'utf8'))
    expect(log().find(({ event }) => event === 'process.listening')).toMatchObject({ version, port })
    expect(log().find(({ event }) => event === 'process.stopping')).toMatchObject({ why: 'SIGTERM' })
    expect(log().find(({ path }) => path === '/api/graphql')).toMatchObject({
      level: 30,
      event: 'request',
      status: 200,
    })
    expect(output()).not.toContain(running.tokens.of(running.alice))
    expect(output()).not.toContain(inject('server').logins.app.password)
  })
})
