import { rowTag, valueTag, wholeTag } from '../cache/index.ts'
import type { Statement, TableDefinition, Tables } from '../db/index.ts'

/** What of a table a statement's answer depends on, where that is less than all of it. */
export type Narrow =
  /** The row with this key, or that there is none. */
  | { readonly table: TableDefinition; readonly id: string }
  /** Rows that have, in each of these columns, one of the values. */
  | { readonly table: TableDefinition; readonly values: Readonly<Record<string, readonly string[]>> }

/** A statement, and the tables that it was made from. */
export interface Built {
  readonly statement: Statement
  readonly tables: Tables
  readonly read: ReadonlySet<TableDefinition>
}

/** Builds a statement, and notes which tables that asks for. */
export function buildFrom(tables: Tables, build: (tables: Tables) => Statement): Built {
  const read = new Set<TableDefinition>()
  const statement = build({
    ...tables,
    get(definition) {
      read.add(definition)
      return tables.get(definition)
    },
  })
  return { statement, tables, read }
}

const RESTLESS =
  /\b(now|clock_timestamp|statement_timestamp|random|gen_random_uuid|current_(date|time|timestamp)|nextval)\b/i

/** Why an answer may not be kept; undefined if it may. */
export function unfitBecause({ statement, tables, read }: Built): string | undefined {
  if (read.size === 0) return 'reads no table'
  if (RESTLESS.test(statement.text)) return 'asks for the time or for chance'
  for (const definition of read) {
    const { unfit } = tables.madeFrom(definition)
    if (unfit !== undefined) return unfit
  }
  return undefined
}

/** Tags of everything that the answer depends on: nothing has to be said for that, and what is said makes it less. */
export function tagsOf({ tables, read }: Pick<Built, 'tables' | 'read'>, narrow?: Narrow): string[] {
  const tags = new Set<string>()
  for (const definition of read) {
    const { table, policies } = tables.madeFrom(definition)
    const narrowed = narrow?.table === definition ? narrowTags(tables, narrow) : undefined
    for (const tag of narrowed ?? [table]) tags.add(tag)
    for (const policy of policies) tags.add(policy)
  }
  return [...tags]
}

/** Undefined where it can't be narrowed: it takes a column whose values are noted, and that is compared as it is written. */
function narrowTags(tables: Tables, narrow: Narrow): string[] | undefined {
  const { table, columns } = tables.madeFrom(narrow.table)
  if ('id' in narrow) return [wholeTag(table), rowTag(table, narrow.id)]
  const resolved = tables.get(narrow.table)
  for (const [column, values] of Object.entries(narrow.values)) {
    const { name, type } = resolved.column(column)
    const exact = type.text === 'text' || type.text.startsWith('character varying')
    if (exact && columns.includes(name)) {
      return [wholeTag(table), ...values.map((value) => valueTag(table, name, value))]
    }
  }
  return undefined
}
