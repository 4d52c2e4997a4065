import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Client, escapeIdentifier } from 'pg'
import type { Observe } from '../kernel/observe.ts'
import { reasonOf } from './failures.ts'
import { type Migrations, OWN_SCHEMA, runMigrations, upOf } from './migrate.ts'
import type { TableDefinition } from './tables.ts'

/** Tables that a domain owns, and the SQL that makes them: `domains/<domain>/migrations`. */
export interface OwnedTables {
  readonly domain: string
  readonly tables: readonly TableDefinition[]
}

/**
 * Makes the owned tables, and brings them up to date. Where one is there already and is somebody else's (made by hand in a
 * SQL editor, say), nothing is done: its owner must run the same SQL, which is written so that it can be run again.
 * @returns that SQL, for each table that isn't ours
 */
export async function setUpOwnedTables(
  client: Client,
  {
    owned,
    source,
    observe,
  }: { readonly owned: readonly OwnedTables[]; readonly source: string; readonly observe: Observe },
): Promise<ReadonlyMap<TableDefinition, string>> {
  const mends = new Map<TableDefinition, string>()
  for (const { domain, tables } of owned) {
    const folder = join(source, 'domains', domain, 'migrations')
    // Tables in the app's own schema are made by its own migrations.
    if (tables.length === 0 || !existsSync(folder)) continue
    const owners = await ownersOf(client, tables)
    // What they run has triggers of ours write down what changes.
    for (const owner of owners) {
      await client.query(`grant execute on function ${OWN_SCHEMA}.record_change() to ${escapeIdentifier(owner)}`)
    }
    const mend =
      owners.length > 0
        ? `It belongs to ${owners.join(', ')}, who runs:\n${sqlOf(folder)}`
        : await makeOrSayWhy(client, { folder, table: `${domain}_migrations` }, observe)
    if (mend !== undefined) for (const table of tables) mends.set(table, mend)
  }
  return mends
}

/** One domain that can't be brought up to date is off; the others are not. */
async function makeOrSayWhy(client: Client, migrations: Migrations, observe: Observe): Promise<string | undefined> {
  try {
    await runMigrations(client, migrations, observe)
    return undefined
  } catch (error) {
    await client.query('rollback').catch(() => {
      throw error // it isn't the migration that has failed, but the connection
    })
    return `Its migration failed, ${reasonOf(error)}; mend that, and it is tried again.`
  }
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
