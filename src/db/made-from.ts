import { hash } from 'node:crypto'
import type { Client } from 'pg'
import { toAuthorization } from './authorization.ts'
import { type Catalog, resolveTables } from './catalog.ts'
import { OWN_SCHEMA } from './own-schema.ts'
import type { MadeFrom, TableDefinition, Tables } from './tables.ts'
import { tablesThere } from './tables-there.ts'

/** What must be watched, so that nothing is served that no longer holds. */
export interface Watched {
  /** Quoted names of tables whose changes are noted by triggers. */
  readonly noted: readonly string[]
  /** Of these, by name, the columns whose old and new values are noted too. */
  readonly columns: ReadonlyMap<string, readonly string[]>
  /** Quoted names of synced tables. */
  readonly synced: readonly string[]
  /** Functions that decide what is seen, by oid. */
  readonly functions: readonly string[]
}

/** Functions that policies may call: what they say depends on who asks, and on memberships and operators, which are watched. */
const IDENTITY = ['viewer()', 'session_viewer()', 'is_operator()'].map((name) => `${OWN_SCHEMA}.${name}`)
/** The same of Postgres' own that aren't immutable. */
const FIT = ['current_setting', 'pg_get_userbyid', 'pg_has_role', 'row_security_active']

interface Relation {
  /** Quoted where need be, as it came. */
  readonly name: string
  readonly kind: string
  readonly secured: boolean
  /** It is partitioned, or others inherit from it: what is written to those, its triggers don't see. */
  readonly parent: boolean
  /** What its trigger notes, as a hash of the names of the columns; null if there is none. */
  readonly noting: string | null
  /** All its changes are noted, by whatever way they come. */
  readonly noted: boolean
  /** What its policies read and call. */
  readonly tables: readonly string[]
  readonly functions: readonly string[]
  /** What in them may change by itself: functions of time and chance. */
  readonly doubtful: readonly string[]
}

type Declared = ReadonlyMap<string, readonly string[]>

/** The tables as they are, with what the rows of each are made from: itself, and the tables that its policies read. */
export async function lookUpTables(
  client: Client,
  catalog: Catalog,
): Promise<{ readonly tables: Tables; readonly watched: Watched }> {
  const { definitions } = catalog
  const tables = await resolveTables(client, catalog)
  const there = tablesThere(tables, definitions)
  const declared: Declared = new Map(definitions.flatMap(({ policiesCall = {} }) => Object.entries(policiesCall)))
  const relations = new Map<string, Relation | undefined>()
  let wanted = there.map(({ name }) => name)
  while (wanted.length > 0) {
    const { rows } = await client.query<Relation>(FIND, [wanted, FIT])
    for (const name of wanted) relations.set(name, undefined)
    for (const row of rows) relations.set(row.name, row)
    wanted = [...new Set(rows.flatMap((row) => readBy(row, declared)))].filter((name) => !relations.has(name))
  }
  const known = new Map(
    there.map(({ definition, name }) => [definition, toMadeFrom(tables, definition, { name, relations, declared })]),
  )
  const fingerprint = JSON.stringify([tables.fingerprint, ...known.values()])
  const madeFrom = (definition: TableDefinition): MadeFrom =>
    known.get(definition) ?? { table: definition.key, policies: [], keyed: false, columns: [], unfit: 'it isn’t there' }
  const columns = new Map([...known.values()].map((each) => [each.table, each.columns]))
  const watched = { columns, ...(await toWatched(client, there, relations)) }
  return { tables: { ...tables, fingerprint, authorization: toAuthorization(fingerprint), madeFrom }, watched }
}

/** Tables that a table's policies read, by themselves or by functions that say what they read. */
function readBy({ tables, functions }: Relation, declared: Declared): string[] {
  return [...tables, ...functions.flatMap((name) => declared.get(name) ?? [])]
}

interface Known {
  readonly relations: ReadonlyMap<string, Relation | undefined>
  readonly declared: Declared
}

function toMadeFrom(
  tables: Pick<Tables, 'get'>,
  definition: TableDefinition,
  { name: table, relations, declared }: Known & { readonly name: string },
): MadeFrom {
  const policies = new Set<string>()
  const unfit = new Set<string>()
  const visit = (name: string): void => {
    const relation = relations.get(name)
    const why = unfitBecause(name, relation, { declared, synced: name === table && definition.origin === 'synced' })
    if (why !== undefined) unfit.add(why)
    if (!relation?.secured) return
    for (const read of readBy(relation, declared)) {
      if (policies.has(read)) continue
      policies.add(read)
      visit(read)
    }
  }
  visit(table)
  const { listedBy = [] } = definition
  const resolved = tables.get(definition)
  const columns = listedBy.filter((column) => resolved.has(column)).map((column) => resolved.column(column).name)
  const noting = [resolved.column(definition.idColumn).name, ...columns]
  // By what is noted with a change only as far as it is what we think.
  const keyed = relations.get(table)?.noting === hash('md5', `{${noting.join(',')}}`)
  return {
    table,
    policies: [...policies],
    keyed,
    columns: keyed ? columns : [],
    unfit: unfit.size === 0 ? undefined : [...unfit].join('; '),
  }
}

/** Why what is read from it can't be kept in memory; undefined if it can. */
function unfitBecause(
  name: string,
  relation: Relation | undefined,
  { declared, synced }: { readonly declared: Declared; readonly synced: boolean },
): string | undefined {
  if (!relation) return `${name} is gone`
  const { kind, secured, parent, noted, functions, doubtful } = relation
  if (kind !== 'r' && kind !== 'p') return `${name} is no ordinary table`
  if (synced) return secured ? `${name} has row-level security` : undefined
  if (parent) return `${name} has partitions or children, whose changes are not noted`
  if (!noted) return `changes of ${name} are not noted`
  if (!secured) return undefined
  const unknown = functions.find((called) => !IDENTITY.includes(called) && !declared.has(called))
  if (unknown !== undefined) return `a policy of ${name} calls ${unknown}, and it isn’t declared what that reads`
  return doubtful[0] === undefined ? undefined : `a policy of ${name} depends on ${doubtful[0]}`
}

async function toWatched(
  client: Client,
  there: ReturnType<typeof tablesThere>,
  relations: Known['relations'],
): Promise<Omit<Watched, 'columns'>> {
  const synced = there.flatMap(({ definition, name }) => (definition.origin === 'synced' ? [name] : []))
  const functions = [...new Set([...relations.values()].flatMap((relation) => relation?.functions ?? []))]
  const { rows } = await client.query<{ oid: string }>(FIND_FUNCTIONS, [functions])
  return {
    noted: [...relations.keys()].filter((name) => !synced.includes(name)),
    synced,
    functions: rows.map(({ oid }) => oid),
  }
}

/**
 * Policies for reading alone. Dependencies say which tables they name, but for those of Postgres itself; what else they read and
 * call is looked for in the expression as it is stored, operators' functions among it.
 */
const FIND = `
  with policies as (select oid, polrelid, polqual from pg_policy where polcmd in ('r', '*')),
       called as (
         select p.polrelid, called[1]::oid as function from policies p
          cross join lateral regexp_matches(p.polqual::text, ':(?:funcid|opfuncid|hashfuncid|negfuncid|aggfnoid|winfnoid) (\\d+)', 'g') as called
         union
         select p.polrelid, d.refobjid from policies p
           join pg_depend d on d.objid = p.oid and d.classid = 'pg_policy'::regclass and d.refclassid = 'pg_proc'::regclass
       )
  select wanted.name, c.relkind as kind, c.relrowsecurity as secured, c.relkind = 'p' or c.relhassubclass as parent,
         (select substr(f.proname, length('note_update_') + 1) from pg_trigger t join pg_proc f on f.oid = t.tgfoid
           where tgrelid = c.oid and tgname = 'changes_update') as noting,
         (select count(*) = 4 and bool_and(tgenabled = 'A') from pg_trigger t join pg_proc f on f.oid = t.tgfoid
           where tgrelid = c.oid and tgname in ('changes_insert', 'changes_update', 'changes_delete', 'changes_truncate')
             and f.pronamespace = to_regnamespace('${OWN_SCHEMA}') and f.proname like 'note\\_%') as noted,
         (select coalesce(json_agg(distinct format('"%s"."%s"', replace(rn.nspname, '"', '""'), replace(r.relname, '"', '""'))), '[]')
            from policies p join pg_depend d on d.objid = p.oid and d.classid = 'pg_policy'::regclass and d.refclassid = 'pg_class'::regclass
            join pg_class r on r.oid = d.refobjid join pg_namespace rn on rn.oid = r.relnamespace
           where p.polrelid = c.oid and r.oid <> c.oid) as tables,
         (select coalesce(json_agg(distinct format('%s.%s(%s)', fn.nspname, f.proname, pg_get_function_identity_arguments(f.oid))), '[]')
            from called join pg_proc f on f.oid = function join pg_namespace fn on fn.oid = f.pronamespace
           where polrelid = c.oid and fn.nspname <> 'pg_catalog') as functions,
         (select coalesce(json_agg(distinct doubt), '[]') from (
            select f.proname::text as doubt from called join pg_proc f on f.oid = function
             where polrelid = c.oid and f.provolatile <> 'i' and f.pronamespace = 'pg_catalog'::regnamespace and f.proname <> all ($2)
            union all
            -- CURRENT_DATE and the like come before CURRENT_ROLE, which says who asks. What is read from a text may be 'now'.
            select case when value[1] is null then 'a conversion from text' else 'the time' end
              from policies p cross join lateral regexp_matches(p.polqual::text, 'SQLVALUEFUNCTION :op (\\d+)|COERCEVIAIO|COERCETODOMAIN', 'g') as value
             where p.polrelid = c.oid and (value[1] is null or value[1]::int < 9)
            union all
            select 'the catalog ' || r.relname from policies p cross join lateral regexp_matches(p.polqual::text, ':relid (\\d+)', 'g') as read
              join pg_class r on r.oid = read[1]::oid
             where p.polrelid = c.oid and r.relnamespace = 'pg_catalog'::regnamespace and r.relname <> 'pg_proc'
          ) as doubts) as doubtful
    from unnest($1::text[]) as wanted (name) join pg_class c on c.oid = to_regclass(wanted.name)`

const FIND_FUNCTIONS = `
  select p.oid::text as oid from pg_proc p join pg_namespace n on n.oid = pronamespace
   where nspname = '${OWN_SCHEMA}' or format('%s.%s(%s)', nspname, proname, pg_get_function_identity_arguments(p.oid)) = any ($1::text[])`
