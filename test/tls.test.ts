import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { withClient } from '../local/platform/platform.ts'
import { appConfig, settle } from './support/app-config.ts'
import { type OwnServer, startOwnServer } from './support/own-server.ts'
import { startTestApp, type TestApp, until } from './support/test-app.ts'

const FOLDER = join(import.meta.dirname, 'support', 'tls')
const TRIPS = '{ trips(first: 1) { nodes { id } } }'
let server: OwnServer
beforeAll(async () => {
  server = await startOwnServer()
  await settle(appConfig(server, server.database))
  // Written by the server itself: the key must be its own.
  await withClient(server, 'postgres', server.logins.postgres, async (client) => {
    for (const name of ['server.pem', 'server-key.pem']) {
      const { rows } = await client.query(
        `select setting || '/${name}' as path from pg_settings where name = 'data_directory'`,
      )
      const lines = readFileSync(join(FOLDER, name), 'utf8').trim().split('\n')
      await client.query(
        `create temp table pem as select * from unnest(array['${lines.join("','")}']) with ordinality as t (line, at)`,
      )
      await client.query(
        `copy (select line from pem order by at) to program 'cat > ${rows[0].path} && chmod 600 ${rows[0].path}'`,
      )
      await client.query('drop table pem')
    }
    for (const setting of ["ssl_cert_file = 'server.pem'", "ssl_key_file = 'server-key.pem'", 'ssl = on'])
      await client.query(`alter system set ${setting}`)
    await client.query('select pg_reload_conf()')
  })
}, 60_000)
afterAll(() => server.remove())

async function withApp(
  host: string,
  environment: Record<string, string>,
  work: (app: TestApp) => Promise<void>,
): Promise<void> {
  const app = await startTestApp({
    server: { ...server, host },
    database: server.database,
    environment: { CACHE: 'off', ...environment },
    unready: true,
  })
  try {
    await work(app)
  } finally {
    await app.close()
  }
}

const why = async ({ appUrl }: TestApp): Promise<string> => {
  const { missing } = await (await fetch(`${appUrl}/api/ready`)).json()
  return missing.map((each: { why: string }) => each.why).join()
}

it.each(['require', 'verify-ca', 'verify-full'])(
  'PGSSLMODE=%s takes a server that a known CA has signed for its name',
  async (mode) => {
    await withApp('localhost', { PGSSLMODE: mode, PGSSLROOTCERT: join(FOLDER, 'ca.pem') }, async (app) => {
      await until(async () => (await app.query(TRIPS)).errors === undefined)
      expect((await app.query('{ viewer { roles } }')).errors).toBeUndefined()
      const { rows } = await app.sql((client) =>
        client.query(`select count(*)::int as all, count(*) filter (where ssl)::int as encrypted from pg_stat_activity join pg_stat_ssl using (pid)
        where application_name = 'lakebase-graphql'`),
      )
      expect(rows[0].all).toBeGreaterThanOrEqual(2)
      expect(rows[0].encrypted).toBe(rows[0].all)
    })
  },
)

it.each([
  ['another CA has signed', 'localhost', 'other-ca.pem'],
  ['nobody known has signed', 'localhost', ''],
  ['has another name', '127.0.0.1', 'ca.pem'],
])('none of them takes a server that %s', async (_what, host, ca) => {
  for (const mode of ['require', 'verify-ca', 'verify-full']) {
    await withApp(host, { PGSSLMODE: mode, PGSSLROOTCERT: ca && join(FOLDER, ca) }, async (app) => {
      await until(async () => app.seen.some(({ event }) => event === 'database.lost'))
      expect(await why(app)).toBe('the certificate of Postgres is not trusted; see PGSSLROOTCERT and PGHOST')
      expect((await app.query(TRIPS)).status).toBe(503)
      const { rows } = await app.sql((client) =>
        client.query(`select from pg_stat_activity where application_name = 'lakebase-graphql'`),
      )
      expect(rows).toEqual([])
    })
  }
})

it('a statement that nobody waits for is ended over TLS too, and its connection is used again', async () => {
  const environment = {
    PGSSLMODE: 'require',
    PGSSLROOTCERT: join(FOLDER, 'ca.pem'),
    REQUEST_TIMEOUT_MS: '1000',
    DB_IDLE_MS: '60000',
  }
  await withApp('localhost', environment, async (app) => {
    await until(async () => (await app.query(TRIPS)).errors === undefined)
    const pids = async () => {
      const { rows } = await app.sql((client) =>
        client.query(
          `select pid, state from pg_stat_activity where application_name = 'lakebase-graphql' and usename <> 'postgres' and query !~ 'change_log' order by 1`,
        ),
      )
      return rows
    }
    await until(async () => (await pids()).length === 1)
    const before = await pids()
    await app.sql(async (client) => {
      await client.query('begin; lock table taxi.trips_synced in access exclusive mode')
      expect((await app.query(TRIPS)).status).toBe(504)
      // Ended though it still waits for the lock.
      await until(async () => (await pids()).every(({ state }) => state === 'idle'), 2_000)
      await client.query('rollback')
    })
    expect((await pids()).map(({ pid }) => pid)).toContain(before[0].pid)
    expect((await app.query(TRIPS)).errors).toBeUndefined()
  })
})
