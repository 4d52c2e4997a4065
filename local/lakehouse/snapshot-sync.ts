import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, DatabaseError, escapeIdentifier } from 'pg'
import { PIPELINE_ROLE, WRITER_ROLE } from './roles.ts'
import type { SyncedTable } from './synced-tables.ts'

export interface SyncResult {
  readonly rows: number
  readonly ms: number
}

/** A swap waits at most this long for readers, since those who come after it wait behind it. */
const SWAP_LOCK_TIMEOUT_MS = 500
const SWAP_ATTEMPTS = 60

/**
 * Copies a table of the lakehouse once, as the platform's SNAPSHOT mode does: into a new partition with all indexes,
 * which one short transaction puts in the place of the old one. A reader sees all old rows or all new ones.
 * Run on a connection of the pipeline's role.
 */
export async function snapshotSync(pipeline: Client, table: SyncedTable): Promise<SyncResult> {
  const started = performance.now()
  const lock = `sync ${table.schema}.${table.table}`
  const { rows } = await pipeline.query('select pg_try_advisory_lock(hashtext($1)) as held', [lock])
  if (rows[0]?.held !== true) throw new Error(`Another sync of ${table.schema}.${table.table} is still running.`)
  try {
    await dropLeftovers(pipeline, table)
    const partition = await loadPartition(pipeline, table)
    await swapIn(pipeline, table, partition)
    const count = await pipeline.query(`select count(*)::int as n from ${nameOf(table)}`)
    return { rows: count.rows[0]?.n ?? 0, ms: performance.now() - started }
  } finally {
    await pipeline.query('select pg_advisory_unlock(hashtext($1))', [lock])
  }
}

function nameOf(table: SyncedTable, name: string = table.table): string {
  return `${escapeIdentifier(table.schema)}.${escapeIdentifier(name)}`
}

/** Partitions that a sync loaded but didn't live to swap in. */
async function dropLeftovers(pipeline: Client, table: SyncedTable): Promise<void> {
  const found = await pipeline.query(
    `select relname from pg_class where relnamespace = $1::regnamespace and relkind = 'r' and not relispartition
       and left(relname, length($2)) = $2 and substr(relname, length($2) + 1) ~ '^[0-9]{13}$'`,
    [escapeIdentifier(table.schema), `${table.table}_v`],
  )
  for (const { relname } of found.rows) await asWriter(pipeline, `drop table ${nameOf(table, relname)}`)
}

async function loadPartition(pipeline: Client, table: SyncedTable): Promise<string> {
  const partition = `${table.table}_v${Date.now()}`
  const name = nameOf(table, partition)
  await asWriter(
    pipeline,
    `create table ${name} (like ${nameOf(table)} including all)`,
    `revoke insert, update, delete, truncate, trigger on ${name} from ${WRITER_ROLE}`,
    `grant select, insert, update, delete on ${name} to ${PIPELINE_ROLE}`,
  )
  await pipeline.query(`insert into ${name} select * from lakehouse.${escapeIdentifier(table.source)}`)
  await asWriter(pipeline, `analyze ${name}`)
  return partition
}

async function swapIn(pipeline: Client, table: SyncedTable, partition: string): Promise<void> {
  const old = await pipeline.query(
    'select relname from pg_inherits join pg_class on pg_class.oid = inhrelid where inhparent = $1::regclass',
    [nameOf(table)],
  )
  const statements = [
    `set local lock_timeout = ${SWAP_LOCK_TIMEOUT_MS}`,
    ...old.rows.map(({ relname }) => `alter table ${nameOf(table)} detach partition ${nameOf(table, relname)}`),
    `alter table ${nameOf(table)} attach partition ${nameOf(table, partition)} for values from (minvalue) to (maxvalue)`,
    ...old.rows.map(({ relname }) => `drop table ${nameOf(table, relname)}`),
  ]
  for (let attempt = 1; ; attempt++) {
    try {
      await asWriter(pipeline, ...statements)
      return
    } catch (error) {
      const waited = error instanceof DatabaseError && error.code === '55P03'
      if (!waited || attempt === SWAP_ATTEMPTS) throw error
      await sleep(100)
    }
  }
}

/** Runs statements as the owner of the synced tables, in one transaction. */
async function asWriter(pipeline: Client, ...statements: string[]): Promise<void> {
  await pipeline.query('begin')
  try {
    await pipeline.query(`set local role ${WRITER_ROLE}`)
    for (const statement of statements) await pipeline.query(statement)
    await pipeline.query('commit')
  } catch (error) {
    await pipeline.query('rollback')
    throw error
  }
}
