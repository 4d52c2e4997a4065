import type { Sql } from 'sql-template-tag'
import { conditionsOn, type Given, type NumberRange, type ResolvedTable, type Span } from '../../db/index.ts'
import type { Builder } from '../../graphql/index.ts'
import { badInput } from '../../kernel/errors.ts'

/** Which trips. All conditions that are given must hold. */
export interface TripFilter {
  readonly pickupZip?: Given<string>
  readonly dropoffZip?: Given<string>
  readonly pickupAt?: Given<Span>
  readonly fare?: Given<NumberRange>
  readonly distance?: Given<NumberRange>
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
export function tripConditions(table: ResolvedTable, filter: TripFilter): readonly Sql[] {
  const conditions = conditionsOn(table)
  for (const column of ['pickupZip', 'dropoffZip'] as const) {
    const zip = filter[column]
    conditions.equals(column, zip == null ? zip : toZip(zip, `filter.${column}`))
  }
  conditions.within('pickupAt', filter.pickupAt)
  conditions.between('fare', filter.fare)
  conditions.between('distance', filter.distance)
  return conditions.all
}

function toZip(text: string, argument: string): number {
  if (!/^\d{5}$/.test(text)) throw badInput(argument, `${argument} must be a zip code of five digits, such as "10001".`)
  return Number(text)
}
