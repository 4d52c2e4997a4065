import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { runner } from 'node-pg-migrate'
import type { Client } from 'pg'
import type { Observe } from '../kernel/observe.ts'

/** The schema that the app owns for its own affairs. */
export const OWN_SCHEMA = 'lakebase_graphql'
/** How long to wait for another instance that migrates just now, and for the locks that a migration takes. */
const LOCK_WAIT = '30s'
const MAX_MESSAGE = 300

/** Brings the app's own schema up to date, by the plain SQL files in `db/migrations` below `source` (that is `src/`). */
export async function migrate(client: Client, source: string, observe: Observe): Promise<void> {
  await client.query(`set statement_timeout = '${LOCK_WAIT}'`)
  await runMigrations(client, { folder: `${source}/db/migrations`, table: 'migrations' }, observe)
}

export interface Migrations {
  /** Where the SQL files lie. */
  readonly folder: string
  /** The table of ours in which is noted what has run. */
  readonly table: string
}

/**
 * Runs the SQL files of a folder that haven't run yet, in the order of their timestamps, in one transaction, under an
 * advisory lock. Run on a connection of the app's role, which comes to own what is made.
 */
export async function runMigrations(client: Client, { folder, table }: Migrations, observe: Observe): Promise<void> {
  if (await haveAllRun(client, { folder, table })) return
  await runner({
    dbClient: client,
    dir: [`${escapeGlob(folder)}/*.sql`],
    useGlob: true,
    direction: 'up',
    migrationsSchema: OWN_SCHEMA,
    migrationsTable: table,
    createMigrationsSchema: true,
    advisoryLockMode: 'wait',
    logger: {
      debug: () => undefined,
      info: (message: string) => {
        if (message.startsWith('###')) observe({ event: 'migration', message: message.replace(/^#+\s*/, '').trim() })
      },
      warn: (message: string) => observe({ event: 'migration', message }),
      // It quotes the whole file before it says what is wrong.
      error: (message: string) => observe({ event: 'migration', message: message.slice(-MAX_MESSAGE) }),
    },
  })
}

/** As a rule there is nothing to do. Then nothing has to be waited for: any role of the database can hold an advisory lock. */
async function haveAllRun(client: Client, { folder, table }: Migrations): Promise<boolean> {
  const name = `${OWN_SCHEMA}.${table}`
  const { rows: found } = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [name])
  if (!found[0]?.there) return false
  const { rows } = await client.query<{ name: string }>(`select name from ${name}`)
  const run = new Set(rows.map((row) => row.name))
  return readdirSync(folder).every((file) => !file.endsWith('.sql') || run.has(basename(file, '.sql')))
}

/** What a migration's file does, without what undoes it. */
export function upOf(file: string): string {
  const [, up = ''] = /-- Up Migration\s*([\s\S]*?)(?:-- Down Migration|$)/.exec(file) ?? []
  return up.trim()
}

/** A folder may have characters in its name that mean something in a pattern. */
function escapeGlob(folder: string): string {
  return folder.replace(/[*?[\]{}()!|@+\\]/g, '\\$&')
}
