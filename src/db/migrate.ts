import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { runner } from 'node-pg-migrate'
import { type Client, DatabaseError } from 'pg'
import type { Observe } from '../kernel/observe.ts'
import { OWN_SCHEMA } from './own-schema.ts'
import { SetUpError } from './set-up-error.ts'
import { soon } from './soon.ts'

/** How long a migration waits for a lock on a table: all who come to that table later wait behind it. */
const TABLE_LOCK_MS = 5_000
/** A statement of a migration may take its time; until all are done the app isn't ready. */
export const STATEMENT_MS = 300_000
const MAX_MESSAGE = 300

export interface Migrations {
  /** Where the SQL files lie. */
  readonly folder: string
  /** The table of ours in which is noted what has run. */
  readonly table: string
}

export interface HowToMigrate {
  /** How long to wait for another instance that migrates just now, in ms. */
  readonly turnMs: number
  readonly observe: Observe
}

/**
 * Runs the SQL files of a folder that haven't run yet, in the order of their timestamps, in one transaction, one instance
 * at a time. Run on a connection of the app's role, which comes to own what is made; its own schema is there.
 * @throws SetUpError if another instance, or somebody's lock on a table, keeps it from that for too long
 */
export async function runMigrations(client: Client, migrations: Migrations, how: HowToMigrate): Promise<void> {
  if (await soon(haveAllRun(client, migrations, how.observe))) return
  try {
    // Longer than that, and the answer has been lost on its way.
    await soon(takeTurn(client, how.turnMs), how.turnMs)
    await runAll(client, migrations, how.observe)
    // What has run has been committed, and where another instance was first, there is only the turn to give back.
    await client.query('commit')
  } catch (error) {
    throw isLock(error) ? heldUp(error) : error
  }
}

/**
 * One instance after the other, until the end of the transaction that this begins. Not by an advisory lock, which any role
 * of the database could hold for ever: nobody else may lock this table.
 */
async function takeTurn(client: Client, turnMs: number): Promise<void> {
  await client.query(`create table if not exists ${OWN_SCHEMA}.migration_turn ()`)
  await client.query('begin')
  await client.query(`set local lock_timeout = ${turnMs}`)
  await client.query(`set local statement_timeout = ${STATEMENT_MS}`)
  await client.query(`lock table ${OWN_SCHEMA}.migration_turn in share row exclusive mode`)
  await client.query(`set local lock_timeout = ${Math.min(TABLE_LOCK_MS, turnMs)}`)
}

/** Within the transaction that is open, and to its end: the runner's own BEGIN has no effect, and its COMMIT ends it. */
async function runAll(client: Client, { folder, table }: Migrations, observe: Observe): Promise<void> {
  await runner({
    dbClient: client,
    dir: [`${escapeGlob(folder)}/*.sql`],
    useGlob: true,
    direction: 'up',
    migrationsSchema: OWN_SCHEMA,
    migrationsTable: table,
    noLock: true,
    singleTransaction: true,
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

/** As a rule there is nothing to do. Then nothing has to be waited for. */
async function haveAllRun(client: Client, migrations: Migrations, observe: Observe): Promise<boolean> {
  const { pending, unknown } = await migrationsOf(client, migrations)
  if (unknown.length > 0) {
    // As in an upgrade until the old instance ends, and after a rollback: newer versions only add.
    observe({
      event: 'migration',
      message: `a newer version has run ${unknown.join(', ')}, which this one doesn’t know`,
    })
  }
  return pending.length === 0
}

/** Names of migrations that haven't run yet, and of those that have and are none of this version's. */
export async function migrationsOf(
  client: Client,
  { folder, table }: Migrations,
): Promise<{ readonly pending: readonly string[]; readonly unknown: readonly string[] }> {
  const ours = namesIn(folder)
  const name = `${OWN_SCHEMA}.${table}`
  const { rows: found } = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [name])
  if (!found[0]?.there) return { pending: ours, unknown: [] }
  const { rows } = await client.query<{ name: string }>(`select name from ${name}`)
  const run = rows.map((row) => row.name)
  return { pending: ours.filter((each) => !run.includes(each)), unknown: run.filter((each) => !ours.includes(each)) }
}

function namesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((file) => (file.endsWith('.sql') ? [basename(file, '.sql')] : []))
}

const isLock = (error: unknown): boolean => error instanceof DatabaseError && error.code === '55P03'

function heldUp(cause: unknown): SetUpError {
  return new SetUpError(
    'another instance is migrating the database, or a session holds a lock that a migration needs; it is tried again',
    'If it lasts, somebody who may see all sessions looks who holds what is the app’s, and ends it by pg_terminate_backend(pid):\n' +
      'SELECT a.pid, a.usename, a.state, a.xact_start, l.relation::regclass, l.mode FROM pg_locks l ' +
      'JOIN pg_stat_activity a USING (pid) JOIN pg_class c ON c.oid = l.relation WHERE l.granted ' +
      `AND c.relowner = (SELECT nspowner FROM pg_namespace WHERE nspname = '${OWN_SCHEMA}') ` +
      "AND a.xact_start < now() - interval '5 s';",
    cause,
  )
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
