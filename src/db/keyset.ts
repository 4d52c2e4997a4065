import sql, { empty, join, raw, type Sql } from 'sql-template-tag'
import type { Position } from './cursor.ts'

/** A page to read: so many rows from a position on, forwards or backwards. */
export interface Page {
  readonly size: number
  readonly backwards: boolean
  readonly from: Position | undefined
}

/**
 * Keyset pagination over an index on (value, id). Rows come in Postgres' own order: by value, then by id, both in one
 * direction; NULL counts as larger than every value, and NaN as larger than every other number.
 */
export interface Keyset {
  readonly from: Sql
  readonly columns: readonly Sql[]
  /** What to order by, as in the index. */
  readonly value: Sql
  /** The value's type, for the cursor's text. */
  readonly type: Sql
  readonly id: Sql
  readonly idType: Sql
  readonly direction: 'asc' | 'desc'
  readonly where: readonly Sql[]
  /** The row to go on from. */
  readonly after: Position | undefined
  readonly limit: number
}

/**
 * The statement for one page. A row comparison is never true for NULL, so going on from a row can take two parts: the
 * rest of the rows like it, then those beyond. Each part is one range of the index and stops at the limit.
 */
export function keysetPage(keyset: Keyset): Sql {
  const parts = beyond(keyset).map((condition) => select(keyset, condition))
  const [only] = parts
  if (parts.length === 1 && only) return only
  // The second part runs only if the first didn't fill the page; a session setting of ours keeps workers out of this.
  return sql`${join(
    parts.map((part) => sql`(${part})`),
    ' union all ',
  )} limit ${keyset.limit}::bigint`
}

function select({ columns, from, value, id, where, direction, limit }: Keyset, beyondCursor: Sql): Sql {
  const conditions = [...where, beyondCursor].filter((condition) => condition !== empty)
  const filter = conditions.length === 0 ? empty : sql` where ${join(conditions, ' and ')}`
  const to = raw(direction)
  return sql`select ${join(columns, ', ')} from ${from}${filter} order by ${value} ${to}, ${id} ${to} limit ${limit}::bigint`
}

function beyond({ value, type, id, idType, direction, after }: Keyset): Sql[] {
  if (!after) return [empty]
  const afterId = sql`${after.id}::${idType}`
  if (after.value === null) {
    if (direction === 'asc') return [sql`${value} is null and ${id} > ${afterId}`]
    return [sql`${value} is null and ${id} < ${afterId}`, sql`${value} is not null`]
  }
  const row = sql`(${value}, ${id})`
  const cursor = sql`(${after.value}::${type}, ${afterId})`
  if (direction === 'desc') return [sql`${row} < ${cursor}`]
  return [sql`${row} > ${cursor}`, sql`${value} is null`]
}
