import { LRUCache } from 'lru-cache'
import sql from 'sql-template-tag'
import type { Viewer } from '../identity/index.ts'
import { AppError } from '../kernel/errors.ts'
import { toAuthorization } from './authorization.ts'
import { type Named, noDatabaseRole } from './failures.ts'
import { type Row, type Statement, statement } from './statement.ts'
import type { TableDefinition, Tables } from './tables.ts'
import { tablesThere } from './tables-there.ts'

/**
 * The tables as a viewer may see them. The app's own role reads what everybody shares, so Postgres can't refuse a viewer by
 * itself: it is asked what the viewer's role may read, and what it may not is off, as if it weren't there.
 */
export type LimitTables = (viewer: Viewer, tables: Tables) => Tables | Promise<Tables>

export interface RightsOptions {
  readonly definitions: readonly TableDefinition[]
  /** Tables that all users may read by the operator's word. */
  readonly isPublic: (definition: TableDefinition) => boolean
  /** How long an answer of Postgres holds, in ms: a right that was taken away ends so late at most. */
  readonly rightsMs: number
  readonly read: (statement: Statement) => Promise<readonly Row[]>
}

const MAX_VIEWERS = 10_000
/** While a table is being swapped for another, or its row-level security isn't what it should be. */
const ASK_SOON_MS = 500

interface Limited {
  readonly fingerprint: string
  /** How often everything had been forgotten when it was asked for. */
  readonly generation: number
  readonly tables: Tables
}

export interface Rights {
  readonly limit: LimitTables
  /** `Tables.authorization` of a role, without asking anybody; undefined if what is known of it no longer holds. */
  readonly knownOf: (role: string, tables: Tables) => string | undefined
  /** Has everybody's rights asked for anew. */
  readonly forget: () => void
}

/** Asks once a minute for each viewer, and once for many requests that come together. */
export function createRights({ definitions, isPublic, rightsMs, read }: RightsOptions): Rights {
  const guarded = definitions.filter((definition) => !isPublic(definition))
  let generation = 0
  const known = new LRUCache<string, Limited, { readonly viewer: Viewer; readonly tables: Tables }>({
    max: MAX_VIEWERS,
    ttl: rightsMs,
    async fetchMethod(_role, _earlier, { context: { viewer, tables }, options }) {
      const asked = { fingerprint: tables.fingerprint, generation }
      const { limited, odd } = await ask(read, guarded, { viewer, tables })
      if (odd) options.ttl = Math.min(rightsMs, ASK_SOON_MS)
      return { ...asked, tables: limited }
    },
  })
  const holdsFor = (tables: Tables) => (each: Limited) =>
    each.fingerprint === tables.fingerprint && each.generation === generation
  const limit: LimitTables = (viewer, tables) => {
    if (guarded.length === 0) return tables
    const found = known.get(viewer.userName)
    const holds = holdsFor(tables)
    if (found && holds(found)) return found.tables
    // Not of these tables, or of others' rights: they have changed since.
    const fetched = known.fetch(viewer.userName, { context: { viewer, tables }, forceRefresh: found !== undefined })
    // One that was under way may have asked too early.
    return fetched.then((limited) =>
      limited && !holds(limited) ? limit(viewer, tables) : (limited?.tables ?? refuseAll()),
    )
  }
  const knownOf = (role: string, tables: Tables): string | undefined => {
    if (guarded.length === 0) return tables.authorization
    const found = known.get(role)
    return found && holdsFor(tables)(found) ? found.tables.authorization : undefined
  }
  return { limit, knownOf, forget: () => void generation++ }
}

/** @returns the tables as the viewer may see them; whether that is likely to be otherwise soon */
async function ask(
  read: RightsOptions['read'],
  guarded: readonly TableDefinition[],
  { viewer, tables }: { readonly viewer: Viewer; readonly tables: Tables },
): Promise<{ readonly limited: Tables; readonly odd: boolean }> {
  // No more of the viewer than this is kept: it holds the token of its request.
  const named = { userName: viewer.userName, kind: viewer.kind }
  const names = tablesThere(tables, guarded).map(({ name }) => name)
  const rights = toRights(await read(rightsStatement(named.userName, names)))
  const all = [...(rights?.values() ?? [])]
  const odd = all.some(({ shareable, bound }) => shareable === undefined || !(shareable || bound))
  return { limited: limitTo(tables, new Set(guarded), named, rights), odd }
}

interface Right {
  /** An ordinary table without row-level security: its rows don't depend on who asks. Undefined: there is none now. */
  readonly shareable: boolean | undefined
  /** An ordinary table whose row-level security binds this role: what `row_security_active` would say to it. */
  readonly bound: boolean
  /** The role is above every row-level security: a superuser, or BYPASSRLS. */
  readonly bypasses: boolean
  /** Columns that may be read, by their names in Postgres. */
  readonly columns: ReadonlySet<string>
}

/** By name, since a table may have been swapped for another. A role that may not log in here has no rights at all. */
function rightsStatement(role: string, names: readonly string[]): Statement {
  const text = sql`
    select wanted.name, (c.relkind in ('r', 'p') and not c.relrowsecurity)::text,
           (c.relkind in ('r', 'p') and c.relrowsecurity and not r.rolsuper and not r.rolbypassrls
             and (c.relforcerowsecurity or not pg_has_role(r.oid, c.relowner, 'usage')))::text,
           (r.rolsuper or r.rolbypassrls)::text,
           (select coalesce(json_agg(a.attname), '[]') from pg_attribute a
             where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
               and has_schema_privilege(r.oid, c.relnamespace, 'usage')
               and has_column_privilege(r.oid, c.oid, a.attnum, 'select'))
      from pg_roles r left join unnest(${names}::text[]) as wanted (name) on true
      left join pg_class c on c.oid = to_regclass(wanted.name)
     where r.rolname = ${role} and r.rolcanlogin and has_database_privilege(r.oid, current_database(), 'connect')`
  return statement('db.rights', ['name', 'shareable', 'bound', 'bypasses', 'columns'], text)
}

/** Undefined for a role that isn't there. */
function toRights(rows: readonly Row[]): ReadonlyMap<string, Right> | undefined {
  if (rows.length === 0) return undefined
  return new Map(
    rows.map((row) => {
      const columns: string[] = JSON.parse(row['columns'] ?? '[]')
      const shareable = row['shareable'] == null ? undefined : row['shareable'] === 'true'
      const [bound, bypasses] = [row['bound'] === 'true', row['bypasses'] === 'true']
      return [row['name'] ?? '', { shareable, bound, bypasses, columns: new Set(columns) }]
    }),
  )
}

function limitTo(
  tables: Tables,
  guarded: ReadonlySet<TableDefinition>,
  viewer: Named,
  rights: ReadonlyMap<string, Right> | undefined,
): Tables {
  return {
    ...tables,
    authorization: authorizationOf(tables, rights),
    get(definition) {
      const table = tables.get(definition)
      if (!guarded.has(definition)) return table
      if (!rights) throw noDatabaseRole(viewer)
      const right = rights.get(table.sql.text)
      if (right?.shareable === undefined)
        throw new AppError('TABLE_UNAVAILABLE', `${table.display} isn’t there just now.`)
      if (definition.audience === 'everyone' && !right.shareable) throw notShareable(table.display)
      if (definition.audience === 'viewer' && !right.bound) throw notBound(table.display, right)
      if (right.columns.size === 0) throw new AppError('FORBIDDEN', `You may not read ${table.display}.`)
      return table.limitedTo(right.columns)
    },
  }
}

function authorizationOf(tables: Tables, rights: ReadonlyMap<string, Right> | undefined): string {
  const parts = [...(rights ?? [])].map(([name, { columns, ...right }]) => [name, right, [...columns].sort()])
  return toAuthorization(tables.fingerprint, rights === undefined, parts)
}

function notShareable(display: string): AppError {
  return new AppError(
    'TABLE_UNAVAILABLE',
    `${display} has row-level security or is no ordinary table, so its rows can’t be shared. ` +
      `If all users of the app may read all of it, the operator lists it in PUBLIC_TABLES.`,
  )
}

function notBound(display: string, { bypasses }: Right): AppError {
  if (!bypasses) return new AppError('TABLE_UNAVAILABLE', `The row-level security of ${display} is off just now.`)
  return new AppError(
    'FORBIDDEN',
    `Your role in Postgres bypasses the row-level security of ${display} (BYPASSRLS, or a superuser), so you can’t be shown it here. ` +
      'An operator gives you a role without that.',
  )
}

function refuseAll(): never {
  throw new AppError('FORBIDDEN', 'Your rights in this database are unknown.')
}
