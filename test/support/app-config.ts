import { setTimeout as sleep } from 'node:timers/promises'
import type { Logins } from '../../local/platform/platform.ts'
import { createApp } from '../../src/app.ts'
import { type Config, readConfig } from '../../src/config/index.ts'
import { domains } from '../../src/domains/index.ts'
import type { Observation } from '../../src/kernel/observe.ts'

/** The app's configuration for a database of the test server, by way of the environment as in production. */
export function appConfig(
  server: { readonly host: string; readonly port: number; readonly logins: Logins },
  database: string,
  environment: Readonly<Record<string, string>> = {},
): Config {
  const all = {
    PGHOST: server.host,
    PGPORT: String(server.port),
    PGDATABASE: database,
    PGUSER: server.logins.app.user,
    PGPASSWORD: server.logins.app.password,
    PGSSLMODE: 'disable',
    DATABRICKS_HOST: 'http://127.0.0.1:1',
    DB_MAX_CONNECTIONS: '10',
    VIEWER_ACCESS: 'claims',
    LOOK_SOON_MS: '500',
    ...environment,
  }
  return readConfig(
    domains.flatMap((domain) => domain.tables),
    all,
  )
}

/** Runs the app until it has migrated and made its indexes, and ends it: the database is then as after a first start. */
export async function settle(config: Config): Promise<void> {
  const seen: Observation[] = []
  const app = createApp({ config, observe: (observation) => seen.push(observation) })
  const wanted = domains.flatMap(({ tables }) => tables.flatMap(({ indexes }) => [...indexes])).length
  const made = () => seen.filter(({ event }) => event === 'index.created').length
  const deadline = Date.now() + 30_000
  while (made() < wanted && Date.now() < deadline) await sleep(10)
  await app.close()
  if (made() < wanted) throw new Error(`the template has ${made()} of ${wanted} indexes: ${JSON.stringify(seen)}`)
}
