import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Client, escapeIdentifier } from 'pg'
import { AppError } from '../kernel/errors.ts'
import { toAuthorization } from './authorization.ts'
import { reasonOf } from './failures.ts'
import { type HowToMigrate, type Migrations, migrationsOf, runMigrations, upOf } from './migrate.ts'
import { OWN_SCHEMA, printable } from './own-schema.ts'
import { SetUpError } from './set-up-error.ts'
import { soon } from './soon.ts'
import type { TableDefinition, Tables } from './tables.ts'

/** Tables that a domain owns, and the SQL that makes them: `domains/<domain>/migrations`. */
export interface OwnedTables {
  readonly domain: string
  readonly tables: readonly TableDefinition[]
}

/** What keeps an owned table from being as this version needs it. */
export interface Mend {
  /** What is to be done about it. */
  readonly mend: string
  /** The migration was tried and has failed: what is there is not what this version needs. */
  readonly failed: boolean
}

/** What the migrations of owned tables call. */
const FOR_OWNERS = [
  'record_change()',
  'make_change_function(regrole, text, name, name[])',
  'track_changes(regclass, name, name[])',
]
  .map((each) => `${OWN_SCHEMA}.${each}`)
  .join(', ')

export interface SetUpOptions extends HowToMigrate {
  readonly owned: readonly OwnedTables[]
  readonly source: string
}

/**
 * Makes the owned tables, and brings them up to date. Where one is there already and is somebody else's (made by hand in a
 * SQL editor, say), nothing is done: its owner must run the same SQL, which is written so that it can be run again.
 * @returns what is to be done, for each table that isn't as it should be
 * @throws SetUpError if a lock keeps it from that
 */
export async function setUpOwnedTables(
  client: Client,
  { owned, source, ...how }: SetUpOptions,
): Promise<ReadonlyMap<TableDefinition, Mend>> {
  const mends = new Map<TableDefinition, Mend>()
  for (const { domain, tables } of owned) {
    const folder = join(source, 'domains', domain, 'migrations')
    // Tables in the app's own schema are made by its own migrations.
    if (tables.length === 0 || !existsSync(folder)) continue
    const owners = await soon(ownersOf(client, tables))
    // What they run has triggers of ours write down and note what changes.
    for (const owner of owners) {
      await soon(client.query(`grant execute on function ${FOR_OWNERS} to ${escapeIdentifier(owner)}`))
    }
    const mend =
      owners.length > 0
        ? { mend: mendBy(owners, folder), failed: false }
        : await makeOrSayWhy(client, { folder, table: `${domain}_migrations` }, how)
    if (mend !== undefined) for (const table of tables) mends.set(table, mend)
  }
  return mends
}

function mendBy(owners: readonly string[], folder: string): string {
  return `It belongs to ${owners.map(printable).join(', ')}, who runs:\n${sqlOf(folder)}`
}

/** Who else owns a domain's tables, and which of its migrations haven't run; nothing is changed. */
export async function lookAtOwned(
  client: Client,
  { domain, tables }: OwnedTables,
  source: string,
): Promise<{ readonly owners: readonly string[]; readonly pending: readonly string[]; readonly mend: string }> {
  const folder = join(source, 'domains', domain, 'migrations')
  if (tables.length === 0 || !existsSync(folder)) return { owners: [], pending: [], mend: '' }
  const owners = await ownersOf(client, tables)
  const { pending } = await migrationsOf(client, { folder, table: `${domain}_migrations` })
  return { owners, pending, mend: owners.length > 0 ? mendBy(owners, folder) : '' }
}

/** One domain that can't be brought up to date is off; the others are not. */
async function makeOrSayWhy(client: Client, migrations: Migrations, how: HowToMigrate): Promise<Mend | undefined> {
  try {
    await runMigrations(client, migrations, how)
    return undefined
  } catch (error) {
    await soon(client.query('rollback')).catch(() => {
      throw error // it isn't the migration that has failed, but the connection
    })
    if (error instanceof SetUpError) throw error
    return { mend: `Its migration failed, ${reasonOf(error)}; mend that, and it is tried again.`, failed: true }
  }
}

/** The tables without those whose migration has failed: they may look well, but lack what this version relies on. */
export function withoutFailed(tables: Tables, mends: ReadonlyMap<TableDefinition, Mend>): Tables {
  const failed = [...mends].filter(([, { failed }]) => failed)
  const problems = failed.map(([definition, { mend }]) => ({
    table: definition.key,
    problem: outOfDate(definition),
    mend,
  }))
  // What a viewer may read is remembered by it: a domain that comes back must be seen to.
  const fingerprint = JSON.stringify([tables.fingerprint, problems])
  return {
    ...tables,
    fingerprint,
    authorization: toAuthorization(fingerprint),
    problems: [...problems, ...tables.problems.filter(({ table }) => problems.every((other) => other.table !== table))],
    get(definition) {
      if (mends.get(definition)?.failed) throw new AppError('TABLE_UNAVAILABLE', outOfDate(definition))
      return tables.get(definition)
    },
  }
}

function outOfDate({ key, schema, table }: TableDefinition): string {
  return `${schema}.${table} is not as this version needs it. All fields of ${key} are off.`
}

/** Others who own one of the tables, or their schema. */
async function ownersOf(client: Client, tables: readonly TableDefinition[]): Promise<string[]> {
  const { rows } = await client.query<{ owner: string }>(FOREIGN_OWNERS, [
    tables.map(({ schema }) => schema),
    tables.map(({ table }) => table),
  ])
  return rows.map(({ owner }) => owner)
}

const FOREIGN_OWNERS = `
  select distinct pg_get_userbyid(owner) as owner
    from unnest($1::text[], $2::text[]) as wanted (schema, name)
    join pg_namespace n on n.nspname = wanted.schema
    left join pg_class c on c.relnamespace = n.oid and c.relname = wanted.name
   cross join lateral unnest(array[n.nspowner, c.relowner]) as owner
   where owner is not null and not pg_has_role(owner, 'usage')`

/** What the migrations of a folder do, in their order, to be run by hand: all of it, or nothing. */
function sqlOf(folder: string): string {
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'))
  const steps = files.sort().map((name) => upOf(readFileSync(join(folder, name), 'utf8')))
  return ['begin;', ...steps, 'commit;'].join('\n\n')
}
