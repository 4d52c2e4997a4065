import { type Client, escapeIdentifier } from 'pg'
import { raw } from 'sql-template-tag'
import { AppError } from '../kernel/errors.ts'
import { type ColumnResolution, type Problem, toResolvedTable } from './resolved-table.ts'
import { type RowSecurity, rowSecurityProblem, withoutRules } from './row-security.ts'
import type { DatabaseSettings } from './settings.ts'
import type {
  ColumnDefinition,
  ColumnFamily,
  ResolvedTable,
  TableDefinition,
  TableNames,
  TableProblem,
  Tables,
} from './tables.ts'

/** Types that do for a family, as `format_type` writes them, without length and precision. */
const FAMILIES: Readonly<Record<ColumnFamily, readonly string[]>> = {
  integer: ['smallint', 'integer', 'bigint', 'numeric'],
  float: ['real', 'double precision', 'numeric', 'smallint', 'integer', 'bigint'],
  timestamp: ['timestamp with time zone', 'timestamp without time zone'],
  date: ['date'],
  text: ['text', 'character varying', 'character', 'uuid'],
  boolean: ['boolean'],
  json: ['jsonb', 'json'],
}

type Resolution = { readonly table: ResolvedTable } | Problem

/** Where a table's names come from: the operator's settings, else the domain's defaults. */
export type NamesOf = (definition: TableDefinition) => TableNames

export interface Catalog {
  readonly definitions: readonly TableDefinition[]
  readonly namesOf: NamesOf
  readonly viewerAccess: DatabaseSettings['viewerAccess']
  /** What somebody else must run for a table of ours that isn't ours, by what it is for. */
  readonly mendOf: (definition: TableDefinition) => string | undefined
}

/**
 * Looks up in Postgres what each table and column is really called, without regard to case. What is missing or may not
 * be read becomes a problem with words that say how to mend it, and only the fields that need it are off.
 */
export async function resolveTables(
  client: Client,
  catalog: Catalog,
): Promise<Omit<Tables, 'madeFrom' | 'authorization'>> {
  const { definitions, namesOf, mendOf } = catalog
  const problems: TableProblem[] = []
  const found: unknown[] = []
  const resolved = new Map<TableDefinition, Resolution>()
  for (const definition of definitions) {
    const relation = await findRelation(client, definition, catalog)
    found.push(relation)
    const note = (problem: Problem): void => {
      problems.push({ table: definition.key, ...problem, mend: mendOf(definition) ?? problem.mend })
    }
    if ('ruled' in relation && definition.writable && !relation.ruled) note(withoutRules(definition))
    const resolution = 'problem' in relation ? relation : resolveTable(definition, namesOf(definition), relation, note)
    if ('problem' in resolution) note(resolution)
    resolved.set(definition, resolution)
  }
  return {
    problems,
    fingerprint: JSON.stringify(found),
    get(definition) {
      const resolution = resolved.get(definition)
      if (!resolution) throw new Error(`the table ${definition.key} is in no domain of src/domains/index.ts`)
      if ('problem' in resolution) throw new AppError('TABLE_UNAVAILABLE', resolution.problem)
      return resolution.table
    },
  }
}

interface FoundRelation extends RowSecurity {
  readonly oid: string
  readonly schema: string
  readonly table: string
  readonly readable: boolean
  /** Its trigger `rules` is there. */
  readonly ruled: boolean
  /** The role that asks. */
  readonly reader: string
  readonly columns: readonly FoundColumn[]
}

interface FoundColumn {
  readonly name: string
  readonly type: string
  readonly readable: boolean
}

async function findRelation(
  client: Client,
  definition: TableDefinition,
  { namesOf, viewerAccess }: Catalog,
): Promise<FoundRelation | Problem> {
  const names = namesOf(definition)
  // Where viewers log in, their own rights count for what is theirs, and the app needs none.
  const forViewers = definition.audience === 'viewer'
  const { rows } = await client.query<FoundRelation>(FIND_RELATION, [
    names.schema,
    names.table,
    !forViewers || viewerAccess === 'claims',
  ])
  const exact = rows.find((row) => row.schema === names.schema && row.table === names.table)
  const found = exact ?? (rows.length === 1 ? rows[0] : undefined)
  const display = `${names.schema}.${names.table}`
  const off = `All fields of ${definition.key} are off.`
  if (!found) {
    const why =
      rows.length === 0 ? `There is no table ${display}.` : `Several tables are called ${display} but for case.`
    const setting = `Create it, or set ${definition.key.toUpperCase()}_TABLE=schema.table.`
    return {
      problem: `${why} ${off}`,
      mend: definition.origin === 'owned' ? 'It was the app’s own: restore it.' : setting,
    }
  }
  const unbound = forViewers ? rowSecurityProblem(found, display, viewerAccess) : undefined
  if (unbound) return { ...unbound, problem: `${unbound.problem} ${off}` }
  if (found.readable) return found
  const [schema, role] = [escapeIdentifier(found.schema), escapeIdentifier(found.reader)]
  return {
    problem: `The app may not read ${display}. ${off}`,
    mend:
      `Its owner runs: GRANT USAGE ON SCHEMA ${schema} TO ${role}; ` +
      `GRANT SELECT ON ${schema}.${escapeIdentifier(found.table)} TO ${role};`,
  }
}

const FIND_RELATION = `
  select c.oid::text as oid, n.nspname as schema, c.relname as table, current_user as reader,
         not $3 or (has_schema_privilege(n.oid, 'usage') and has_any_column_privilege(c.oid, 'select')) as readable,
         c.relkind in ('r', 'p') as ordinary, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
         row_security_active(c.oid) as binds_app,
         exists (select from pg_trigger where tgrelid = c.oid and tgname = 'rules' and tgenabled in ('O', 'A')) as ruled,
         (select coalesce(json_agg(json_build_object('name', attname, 'type', format_type(atttypid, null),
                   'readable', not $3 or has_column_privilege(attrelid, attnum, 'select')) order by attnum), '[]')
            from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where lower(n.nspname) = lower($1) and lower(c.relname) = lower($2) and c.relkind in ('r', 'p', 'v', 'm', 'f')`

function resolveTable(
  definition: TableDefinition,
  names: TableNames,
  found: FoundRelation,
  note: (problem: Problem) => void,
): Resolution {
  const columns = resolveColumns(found.columns, definition, names)
  for (const column of columns.values()) if ('problem' in column) note(column)
  const id = columns.get(definition.idColumn)
  if (id && 'problem' in id) {
    return { problem: `All fields of ${definition.key} are off: its rows have no key.`, mend: id.mend }
  }
  const sql = raw(`${escapeIdentifier(found.schema)}.${escapeIdentifier(found.table)}`)
  return { table: toResolvedTable(sql, `${names.schema}.${names.table}`, definition, columns) }
}

function resolveColumns(
  found: readonly FoundColumn[],
  definition: TableDefinition,
  names: TableNames,
): Map<string, ColumnResolution> {
  const entries = Object.entries(definition.columns).map(([name, column]): [string, ColumnResolution] => {
    const wanted = names.columns[name] ?? column.column
    const same = found.filter((candidate) => candidate.name.toLowerCase() === wanted.toLowerCase())
    const match = same.find((candidate) => candidate.name === wanted) ?? (same.length === 1 ? same[0] : undefined)
    const wrong = columnProblem(match, column, wanted)
    if (match && wrong === undefined) {
      return [name, { name: match.name, sql: raw(escapeIdentifier(match.name)), type: raw(match.type) }]
    }
    const fields = [
      name,
      ...Object.entries(definition.computed)
        .filter(([, of]) => of.from.includes(name))
        .map(([of]) => of),
    ]
    return [
      name,
      {
        problem: `${names.schema}.${names.table} ${wrong} Fields made from ${fields.join(', ')} are off.`,
        mend: `If the column has another name, set ${definition.key.toUpperCase()}_COLUMNS=${name}=its_name.`,
      },
    ]
  })
  return new Map(entries)
}

function columnProblem(
  match: FoundColumn | undefined,
  definition: ColumnDefinition,
  wanted: string,
): string | undefined {
  if (!match) return `has no column "${wanted}".`
  if (!match.readable) return `lets the app not read its column "${wanted}".`
  const types = FAMILIES[definition.family]
  if (types.includes(match.type)) return undefined
  return `has a column "${wanted}" of type ${match.type}, not ${types.join(' or ')}.`
}
