import type { Row } from '../../db/index.ts'
import { defineLoader } from '../../loaders/index.ts'
import { canonicalFilter, type TripFilter } from './filter.ts'
import { GROUPINGS, type Grouping, markerOf, tripStats } from './stats-queries.ts'

export interface TripStatsKey {
  readonly filter: TripFilter
  readonly grouping: Grouping
}

/** The groups of the trips that pass a filter; one statement for each filter, however many groupings are asked for. */
export const tripGroups = defineLoader<TripStatsKey, readonly Row[]>({
  name: 'trips.groups',
  audience: 'everyone',
  idOf: ({ filter, grouping }) => `${grouping} ${canonicalFilter(filter)}`,
  groupOf: ({ filter }) => canonicalFilter(filter),
  statement: (tables, keys, all) => tripStats(tables, keys[0].filter, groupingsOf(all)),
  pick(rows, all) {
    const groupings = groupingsOf(all)
    return ({ grouping }) => rows.filter((row) => groupingOf(row, groupings) === grouping)
  },
})

/** All that are asked for, so that the statement is the same whichever of them memory has. */
function groupingsOf(keys: readonly TripStatsKey[]): Grouping[] {
  return GROUPINGS.filter((grouping) => keys.some((key) => key.grouping === grouping))
}

function groupingOf(row: Row, groupings: readonly Grouping[]): Grouping {
  return groupings.find((grouping) => row[markerOf(grouping)] === '0') ?? 'all'
}
