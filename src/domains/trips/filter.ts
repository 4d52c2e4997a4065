import sql, { type Sql } from 'sql-template-tag'
import type { ResolvedTable } from '../../db/index.ts'
import type { Builder } from '../../graphql/index.ts'
import { badInput } from '../../kernel/errors.ts'

/** Which trips. All conditions that are given must hold. */
export interface TripFilter {
  readonly pickupZip?: Given<string>
  readonly dropoffZip?: Given<string>
  readonly pickupAt?: Given<{ readonly from?: Given<string>; readonly until?: Given<string> }>
  readonly fare?: Given<Range>
  readonly distance?: Given<Range>
}

/** GraphQL has two ways to leave something out. */
type Given<T> = T | null | undefined

interface Range {
  readonly min?: Given<number>
  readonly max?: Given<number>
}

export type TripFilterRef = ReturnType<typeof addTripFilter>

/** Adds the input type. */
export function addTripFilter(builder: Builder) {
  const { dateTimeRange, floatRange } = builder.refs
  return builder.inputType('TripFilter', {
    description: 'Which trips. All conditions that are given must hold.',
    fields: (t) => ({
      pickupZip: t.string({ description: 'Zip code of the pickup, five digits.' }),
      dropoffZip: t.string({ description: 'Zip code of the drop-off, five digits.' }),
      pickupAt: t.field({ type: dateTimeRange, description: 'When the trip began.' }),
      fare: t.field({ type: floatRange, description: 'The fare, in US dollars.' }),
      distance: t.field({ type: floatRange, description: 'The distance, in miles.' }),
    }),
  })
}

/** The same filter always has the same text, in whatever order a client wrote it. */
export function canonicalFilter(filter: TripFilter): string {
  const { pickupZip, dropoffZip, pickupAt, fare, distance } = filter
  const parts = [
    pickupZip,
    dropoffZip,
    pickupAt?.from,
    pickupAt?.until,
    fare?.min,
    fare?.max,
    distance?.min,
    distance?.max,
  ]
  return JSON.stringify(parts.map((part) => part ?? null))
}

/** @throws AppError BAD_USER_INPUT for a malformed zip code, TABLE_UNAVAILABLE where a column is missing. */
export function tripConditions(table: ResolvedTable, filter: TripFilter): Sql[] {
  const conditions: Sql[] = []
  const add = (column: string, operator: Sql, value: string | number | null | undefined, type: Sql): void => {
    if (value != null) conditions.push(sql`${table.column(column).sql} ${operator} ${value}::${type}`)
  }
  for (const column of ['pickupZip', 'dropoffZip'] as const) {
    if (filter[column] != null) add(column, sql`=`, toZip(filter[column], `filter.${column}`), sql`integer`)
  }
  add('pickupAt', sql`>=`, filter.pickupAt?.from, sql`timestamptz`)
  add('pickupAt', sql`<`, filter.pickupAt?.until, sql`timestamptz`)
  for (const column of ['fare', 'distance'] as const) {
    const { min, max } = filter[column] ?? {}
    add(column, sql`>=`, min, sql`float8`)
    add(column, sql`<=`, max, sql`float8`)
    // To Postgres NaN is larger than every number; here it is none.
    if (min != null && max == null) add(column, sql`<`, 'NaN', sql`float8`)
  }
  return conditions
}

function toZip(text: string, argument: string): number {
  if (!/^\d{5}$/.test(text)) throw badInput(argument, `${argument} must be a zip code of five digits, such as "10001".`)
  return Number(text)
}
