import { rowTag, valueTag, wholeTag } from '../cache/index.ts'
import type { Statement, TableDefinition, Tables } from '../db/index.ts'
import type { Answer } from './answer.ts'

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
  /\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|localtime|localtimestamp|timeofday|age|uuidv\d|currval|setval|lastval|random|gen_random_uuid|current_(date|time|timestamp)|nextval)\b/i

/** Why an answer may not be kept; undefined if it may. */
function unfitBecause({ statement, tables, read }: Built): string | undefined {
  if (read.size === 0) return 'reads no table'
  if (RESTLESS.test(statement.text)) return 'asks for the time or for chance'
  for (const definition of read) {
    const { unfit } = tables.madeFrom(definition)
    if (unfit !== undefined) return unfit
  }
  return undefined
}

/** Notes in an answer what must be known of the tables in it. @returns why what was read of them may not be kept */
export function noteTables(answer: Answer, built: Built): string | undefined {
  const unfit = unfitBecause(built)
  for (const { origin } of built.read) if (origin === 'synced') answer.synced = true
  if (unfit !== undefined && built.read.size > 0) answer.untracked = true
  return unfit
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

/** Types of which equal values have equal texts. */
const isExact = (type: string): boolean =>
  ['text', 'bigint', 'integer', 'smallint'].includes(type) || type.startsWith('character varying')

/** Undefined where it can't be narrowed: it takes a column whose values are noted, and that is compared as it is written. */
function narrowTags(tables: Tables, narrow: Narrow): string[] | undefined {
  const { table, keyed, columns } = tables.madeFrom(narrow.table)
  const resolved = tables.get(narrow.table)
  if ('id' in narrow) {
    const { type } = resolved.column(narrow.table.idColumn)
    return keyed && isExact(type.text) ? [wholeTag(table), rowTag(table, narrow.id)] : undefined
  }
  for (const [column, values] of Object.entries(narrow.values)) {
    const { name, type } = resolved.column(column)
    if (isExact(type.text) && columns.includes(name)) {
      return [wholeTag(table), ...values.map((value) => valueTag(table, name, value))]
    }
  }
  return undefined
}
