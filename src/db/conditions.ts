import sql, { type Sql } from 'sql-template-tag'
import type { ResolvedTable } from './tables.ts'

/** GraphQL has two ways to leave something out. */
export type Given<T> = T | null | undefined

/** Numbers from `min` to `max`, both included. */
export interface NumberRange {
  readonly min?: Given<number>
  readonly max?: Given<number>
}

/** From a first moment or day that counts to the first that no longer does, as RFC 3339 writes them. */
export interface Span {
  readonly from?: Given<string>
  readonly until?: Given<string>
}

/** Conditions on a table's columns, gathered; what isn't given is no condition. NULL meets none. */
export interface Conditions {
  readonly all: readonly Sql[]
  equals(column: string, value: Given<string | number>): void
  anyOf(column: string, values: Given<readonly string[]>): void
  within(column: string, span: Given<Span>): void
  between(column: string, range: Given<NumberRange>): void
}

/** @throws AppError TABLE_UNAVAILABLE, when a condition is added, if its column is missing. */
export function conditionsOn(table: ResolvedTable): Conditions {
  const all: Sql[] = []
  const add = (column: string, operator: Sql, value: Given<string | number>, type: () => Sql): void => {
    if (value != null) all.push(sql`${table.column(column).sql} ${operator} ${value}::${type()}`)
  }
  const equals = (column: string, value: Given<string | number>): void =>
    add(column, sql`=`, value, () => (typeof value === 'number' ? sql`bigint` : sql`text`))
  const float = (): Sql => sql`float8`
  return {
    all,
    equals,
    anyOf(column, values) {
      // One value can be read in the order of an index that goes on beyond the column; several can't.
      if (values?.length === 1) equals(column, values[0])
      else if (values != null) all.push(sql`${table.column(column).sql} = any(${values}::text[])`)
    },
    within(column, span) {
      const ownType = (): Sql => table.column(column).type
      add(column, sql`>=`, span?.from, ownType)
      add(column, sql`<`, span?.until, ownType)
    },
    between(column, range) {
      const { min, max } = range ?? {}
      add(column, sql`>=`, min, float)
      add(column, sql`<=`, max, float)
      // To Postgres NaN is larger than every number; here it is none.
      if (min != null && max == null) add(column, sql`<`, 'NaN', float)
    },
  }
}
