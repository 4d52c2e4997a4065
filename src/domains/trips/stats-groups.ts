import type { Row } from '../../db/index.ts'
import { checkUpTo, type GraphQLContext, MAX_PAGE } from '../../graphql/index.ts'
import { canonicalFilter, type TripFilter } from './filter.ts'
import { tripGroups } from './stats-loaders.ts'
import type { Grouping } from './stats-queries.ts'

/** A group of trips. Its sums are loaded when they are asked for. */
export interface TripGroup {
  readonly sums: () => Row | Promise<Row>
}

/** All trips that pass a filter: one group, that can be divided. */
export interface TripStats extends TripGroup {
  readonly filter: TripFilter
}

/** One group out of several; `row` has its key too. */
export interface TripPart extends TripGroup {
  readonly row: Row
}

/** Groups there can be in an answer when the client doesn't say. */
export const DEFAULT_GROUPS = 100

/** The sums over all trips that pass a filter. */
export async function loadSums(filter: TripFilter, context: GraphQLContext): Promise<Row> {
  const [sums] = (await tripGroups.load(context.load, { filter, grouping: 'all' })) ?? []
  if (!sums) throw new Error(`no sums for the filter ${canonicalFilter(filter)}`)
  return sums
}

export interface Parts {
  readonly grouping: Exclude<Grouping, 'all'>
  readonly order: (a: Row, b: Row) => number
  readonly first: number
}

/** The groups of one grouping, in order. */
export async function loadParts({ filter }: TripStats, context: GraphQLContext, parts: Parts): Promise<TripPart[]> {
  const { grouping, order, first } = parts
  checkUpTo('first', first, MAX_PAGE)
  const rows = (await tripGroups.load(context.load, { filter, grouping })) ?? []
  return rows
    .toSorted(order)
    .slice(0, first)
    .map((row) => ({ row, sums: () => row }))
}

/** Groups with more trips before those with fewer. */
export const mostTripsFirst = (a: Row, b: Row): number => Number(b['count']) - Number(a['count'])

/** In ascending order of the group's key; trips without one come last. */
export const inOrderOf =
  (key: string) =>
  (left: Row, right: Row): number => {
    const [a, b] = [left[key] ?? null, right[key] ?? null]
    if (a === null || b === null) return Number(a === null) - Number(b === null)
    return a.length - b.length || (a < b ? -1 : 1)
  }
