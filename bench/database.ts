import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Logins, setUpData, setUpLogins, withClient } from '../local/platform/platform.ts'
import { startPostgres } from '../local/postgres/launcher.ts'
import { appConfig, settle } from '../test/support/app-config.ts'

export interface BenchDatabase {
  /** How a subject connects, as environment variables. */
  readonly environment: Readonly<Record<string, string>>
  readonly server: { readonly host: string; readonly port: number }
  readonly logins: Logins
  readonly name: string
  stop(): Promise<void>
}

/** What PostGraphile wants to know of the tables to relate campaigns to their rows, by its smart comments. */
const FOR_POSTGRAPHILE = `
  create view marketing.campaigns as select campaign_id, max(performance_tier) as tier
    from marketing.campaign_performance where campaign_id is not null group by campaign_id;
  comment on view marketing.campaigns is E'@primaryKey campaign_id';
  comment on table marketing.campaign_performance is E'@foreignKey (campaign_id) references marketing.campaigns (campaign_id)';
  comment on column marketing.campaign_performance.primary_key is E'@name row_number'`

/** A Postgres with the sample data, our indexes, and fresh statistics: the same for all subjects. */
export async function startBenchDatabase(): Promise<BenchDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'lakebase-graphql-bench-'))
  const server = await startPostgres({ home: join(folder, 'postgres'), settings: { max_connections: '200' } })
  const logins = await setUpLogins(server)
  const database = 'bench'
  await setUpData(server, database, logins)
  await settle(appConfig({ ...server, logins }, database))
  await withClient(server, database, logins.postgres, async (client) => {
    await client.query(FOR_POSTGRAPHILE)
    await client.query('vacuum analyze')
  })
  return {
    server,
    logins,
    name: database,
    environment: {
      PGHOST: server.host,
      PGPORT: String(server.port),
      PGDATABASE: database,
      PGUSER: logins.postgres.user,
      PGPASSWORD: logins.postgres.password,
      PGSSLMODE: 'disable',
    },
    async stop() {
      await server.stop()
      for (const left of [folder, server.home]) rmSync(left, { recursive: true, force: true })
    },
  }
}
