import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Client, escapeIdentifier } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { APP_ROLE, PIPELINE_ROLE, VIEWERS_ROLE, WRITER_ROLE } from './roles.ts'
import { SYNCED_TABLES, type SyncedTable } from './synced-tables.ts'

/**
 * Makes the database if it is missing, as a copy of `template` if that is given, and gives the app's role what attaching
 * a database to an app gives it on the platform: CONNECT and CREATE. Run by the superuser.
 */
export async function setUpDatabase(superuser: Client, database: string, template?: string): Promise<void> {
  const found = await superuser.query('select from pg_database where datname = $1', [database])
  const copy = template === undefined ? '' : ` template ${escapeIdentifier(template)} strategy file_copy`
  if (found.rowCount === 0) await superuser.query(`create database ${escapeIdentifier(database)}${copy}`)
  await superuser.query(`revoke all on database ${escapeIdentifier(database)} from public`)
  await superuser.query(
    `grant connect, create on database ${escapeIdentifier(database)} to ${escapeIdentifier(APP_ROLE)}, ${PIPELINE_ROLE}`,
  )
  await superuser.query(`grant connect on database ${escapeIdentifier(database)} to ${VIEWERS_ROLE}`)
}

/**
 * Makes the lakehouse with its sample data and the empty synced tables, where they are missing. Run by the superuser in
 * the database. Returns the tables that have no copy yet.
 */
export async function setUpLakehouse(superuser: Client): Promise<SyncedTable[]> {
  await superuser.query(`create schema if not exists lakehouse authorization ${PIPELINE_ROLE}`)
  const unsynced: SyncedTable[] = []
  for (const table of SYNCED_TABLES) {
    const name = `${table.schema}.${table.table}`
    const found = await superuser.query('select to_regclass($1) as oid', [name])
    if (found.rows[0]?.oid === null) {
      await superuser.query('begin')
      await createSource(superuser, table)
      await createSynced(superuser, table)
      await superuser.query('commit')
    }
    await grantReads(superuser, table)
    // Not only those that were made now: the last start may have ended between the two.
    const synced = await superuser.query('select from pg_inherits where inhparent = to_regclass($1)', [name])
    if (synced.rowCount === 0) unsynced.push(table)
  }
  return unsynced
}

async function createSource(superuser: Client, table: SyncedTable): Promise<void> {
  const source = `lakehouse.${escapeIdentifier(table.source)}`
  await superuser.query(`create table ${source} (${table.columns}, primary key (${table.primaryKey}))`)
  await superuser.query(`alter table ${source} owner to ${PIPELINE_ROLE}`)
  await pipeline(Readable.from(table.sample()), superuser.query(copyFrom(`copy ${source} from stdin`)))
}

/**
 * As on the platform: a partitioned parent whose owner nobody can log in as, and who may not write to it. The app may
 * read it and make indexes on it; only the pipeline may write.
 */
async function createSynced(superuser: Client, table: SyncedTable): Promise<void> {
  const schema = escapeIdentifier(table.schema)
  const name = `${schema}.${escapeIdentifier(table.table)}`
  await superuser.query(`create schema if not exists ${schema} authorization ${WRITER_ROLE}`)
  await superuser.query(`grant usage on schema ${schema} to ${PIPELINE_ROLE}`)
  await superuser.query(
    `create table ${name} (${table.columns}, primary key (${table.primaryKey})) partition by range (${table.primaryKey})`,
  )
  await superuser.query(`alter table ${name} owner to ${WRITER_ROLE}`)
  await superuser.query(`revoke insert, update, delete, truncate, trigger on ${name} from ${WRITER_ROLE}`)
  await superuser.query(`grant select, insert, update, delete on ${name} to ${PIPELINE_ROLE}`)
}

/** At each start, since roles may have joined: the app and everybody who uses it may read synced tables. */
async function grantReads(superuser: Client, { schema, table }: SyncedTable): Promise<void> {
  const readers = `${escapeIdentifier(APP_ROLE)}, ${VIEWERS_ROLE}`
  await superuser.query(`grant usage on schema ${escapeIdentifier(schema)} to ${readers}`)
  await superuser.query(`grant select on ${escapeIdentifier(schema)}.${escapeIdentifier(table)} to ${readers}`)
}
