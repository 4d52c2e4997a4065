import { type Client, escapeIdentifier } from 'pg'
import type { Check } from '../../kernel/check.ts'
import { AppError } from '../../kernel/errors.ts'
import { FOR_A_SYNC, INSTANCES, RESERVED } from '../../kernel/sizing.ts'
import type { DatabaseSettings } from '../settings.ts'
import type { TableDefinition, Tables } from '../tables.ts'
import type { DiagnoseOptions } from './options.ts'

/** So many names are told; the rest is a number. */
const MAX_NAMES = 10

/** The app's own role is an ordinary one. */
export async function checkRole(client: Client): Promise<Check[]> {
  const what = 'the app’s role'
  const { rows } = await client.query<{ role: string; high: boolean; creates: boolean }>(
    `select rolname as role, rolsuper or rolbypassrls as high, rolcreaterole as creates
       from pg_roles where rolname = current_user`,
  )
  const role = escapeIdentifier(rows[0]?.role ?? '')
  if (rows[0]?.high) {
    const found = 'It is above row-level security (SUPERUSER or BYPASSRLS).'
    const mend = `Give the app a role of its own: attach the database to it. Or, for this one: ALTER ROLE ${role} NOSUPERUSER NOBYPASSRLS;`
    return [{ what, state: 'wrong', found, mend }]
  }
  if (rows[0]?.creates) {
    return [
      { what, state: 'note', found: 'It may make roles, which it needn’t.', mend: `ALTER ROLE ${role} NOCREATEROLE;` },
    ]
  }
  return [{ what, state: 'ok', found: 'It is bound by row-level security, and may make no roles.' }]
}

/** Which roles that may log in here lack a right on a table: those of viewers who are to see it get it. */
export async function checkViewers(
  client: Client,
  { settings, tables: definitions, isPublic }: DiagnoseOptions,
  tables: Tables,
): Promise<Check[]> {
  const checks = [await checkRoles(client, settings)]
  for (const definition of definitions) {
    const table = quotedName(definition, tables)
    if (table === undefined || isPublic(definition)) continue
    checks.push(await checkReaders(client, definition, table))
  }
  return checks
}

function quotedName(definition: TableDefinition, tables: Tables): string | undefined {
  try {
    return tables.get(definition).sql.text
  } catch (error) {
    if (error instanceof AppError) return undefined // it is said elsewhere
    throw error
  }
}

async function checkRoles(client: Client, { user, viewerAccess, operators }: DatabaseSettings): Promise<Check> {
  const what = 'roles of viewers'
  const { rows } = await client.query<{ name: string; enters: boolean }>(
    `select rolname as name, has_database_privilege(oid, current_database(), 'connect') as enters
       from pg_roles where rolcanlogin and not rolsuper and rolname <> $1 order by 1`,
    [user],
  )
  const enter = rows.filter(({ enters }) => enters).map(({ name }) => name)
  const outside = rows.filter(({ enters }) => !enters).map(({ name }) => name)
  const strangers = operators.filter((name) => !rows.some((row) => row.name === name))
  const found =
    `${enter.length} roles may log in to this database, ${outside.length} may log in but not here (${told(outside)}).` +
    (strangers.length > 0 ? ` OPERATORS without a role of that name: ${strangers.join(', ')}.` : '')
  if (viewerAccess === 'claims')
    return { what, state: 'note', found: `VIEWER_ACCESS=claims: viewers need none. ${found}` }
  const mend =
    "For each viewer: SELECT databricks_create_role('ann@example.com', 'USER'); " +
    'GRANT CONNECT ON DATABASE … TO "ann@example.com"; GRANT lakebase_graphql_viewers TO "ann@example.com";'
  return enter.length > 0 ? { what, state: 'ok', found } : { what, state: 'wrong', found, mend }
}

async function checkReaders(client: Client, { key }: TableDefinition, table: string): Promise<Check> {
  const what = `who may read ${key}`
  const { rows } = await client.query<{ name: string; reads: boolean; schema: string }>(
    `select rolname as name, c.relnamespace::regnamespace::text as schema, has_schema_privilege(r.oid, c.relnamespace, 'usage')
                             and has_any_column_privilege(r.oid, c.oid, 'select') as reads
       from pg_roles r join pg_class c on c.oid = to_regclass($1)
      where rolcanlogin and not rolsuper and has_database_privilege(r.oid, current_database(), 'connect') order by 1`,
    [table],
  )
  const not = rows.filter(({ reads }) => !reads).map(({ name }) => name)
  if (not.length === 0) return { what, state: 'ok', found: `All ${rows.length} roles that may log in here.` }
  const schema = rows[0]?.schema
  return {
    what,
    state: 'note',
    found: `${rows.length - not.length} of ${rows.length} roles that may log in here. Not: ${told(not)}.`,
    mend: `For those who are to: GRANT USAGE ON SCHEMA ${schema} TO "…"; GRANT SELECT ON ${table} TO "…";`,
  }
}

function told(names: readonly string[]): string {
  const more = names.length - MAX_NAMES
  return `${names.slice(0, MAX_NAMES).join(', ') || 'none'}${more > 0 ? ` and ${more} more` : ''}`
}

/** Indexes on a synced table are made by who is its manager, in Lakebase, or by a member of its owner. */
export async function checkSyncedManagers(
  client: Client,
  { tables: definitions }: DiagnoseOptions,
  tables: Tables,
): Promise<Check[]> {
  const managers = await managersOf(client)
  const checks: Check[] = []
  for (const definition of definitions.filter(({ origin }) => origin === 'synced')) {
    const table = quotedName(definition, tables)
    if (table === undefined) continue
    const { rows } = await client.query<{ member: boolean; me: string }>(
      `select pg_has_role(relowner, 'usage') as member, current_user as me from pg_class where oid = to_regclass($1)`,
      [table],
    )
    const { member = false, me = '' } = rows[0] ?? {}
    const what = `indexes on ${definition.key}`
    const sql = `SELECT databricks_synced_table_add_manager('${table}'::regclass, '${me}');`
    const listed = managers?.some((line) => line.includes(me) && line.includes(definition.table))
    if (member || listed) checks.push({ what, state: 'ok', found: 'The app may make them.' })
    else if (managers) checks.push({ what, state: 'note', found: 'The app may not make them yet.', mend: sql })
    else checks.push({ what, state: 'note', found: 'Its owner has to make them: the app may not.' })
  }
  return checks
}

/** Lakebase's own view of them, its rows as text, since nobody has written its columns down; undefined elsewhere. */
async function managersOf(client: Client): Promise<string[] | undefined> {
  const { rows: found } = await client.query<{ view: string | null }>(
    "select to_regclass('databricks_synced_table_managers')::text as view",
  )
  if (!found[0]?.view) return undefined
  const { rows } = await client.query<{ line: string }>(`select m::text as line from ${found[0].view} m`)
  return rows.map(({ line }) => line)
}

/** Two instances, what is synced, and whoever else is there, must fit into what the server allows. */
export async function checkBudget(
  client: Client,
  { connections }: DatabaseSettings,
  definitions: readonly TableDefinition[],
): Promise<Check[]> {
  // Of others' sessions an ordinary role sees little; that they have a database is among it.
  const { rows } = await client.query<{ most: number; others: number }>(
    `select current_setting('max_connections')::int as most,
            (select count(*)::int from pg_stat_activity where datid is not null and usename is distinct from current_user) as others`,
  )
  const { most = 0, others = 0 } = rows[0] ?? {}
  const synced = definitions.filter(({ origin }) => origin === 'synced').length
  const kept = FOR_A_SYNC * synced + RESERVED
  const wanted = INSTANCES * connections.max + kept
  const found =
    `The server allows ${most}; ${INSTANCES} instances of ${connections.max}, ${FOR_A_SYNC} for each of ${synced} syncs and ` +
    `${RESERVED} of its own are ${wanted}; others have ${others} now.`
  if (wanted + others <= most) return [{ what: 'connections', state: 'ok', found }]
  const fits = Math.floor((most - others - kept) / INSTANCES)
  const mend =
    fits >= 3
      ? `Set DB_MAX_CONNECTIONS to at most ${fits}, or allow more: Lakebase by CU, a plain Postgres by max_connections.`
      : 'Give Lakebase more CU, or a plain Postgres more max_connections.'
  return [{ what: 'connections', state: 'wrong', found, mend }]
}
