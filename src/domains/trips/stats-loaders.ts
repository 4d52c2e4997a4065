import type { Row } from '../../db/index.ts'
import { defineLoader, type LoadContext } from '../../loaders/index.ts'
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
  async fetch(context, keys) {
    const byFilter = new Map<string, TripStatsKey[]>()
    for (const key of keys) {
      const filter = canonicalFilter(key.filter)
      byFilter.set(filter, [...(byFilter.get(filter) ?? []), key])
    }
    const found = new Map(
      await Promise.all([...byFilter].map(async ([filter, of]) => [filter, await readGroups(context, of)] as const)),
    )
    return ({ filter, grouping }) => found.get(canonicalFilter(filter))?.get(grouping)
  },
})

/** All keys have the same filter. */
async function readGroups({ viewer, signal, db }: LoadContext, keys: readonly TripStatsKey[]) {
  const wanted = GROUPINGS.filter((grouping) => keys.some((key) => key.grouping === grouping))
  const filter = keys[0]?.filter ?? {}
  const rows = await db.read({ viewer, signal, build: (tables) => tripStats(tables, filter, wanted) })
  return new Map(
    wanted.map((grouping) => [grouping, rows.filter((row) => groupingOf(row, wanted) === grouping)] as const),
  )
}

function groupingOf(row: Row, groupings: readonly Grouping[]): Grouping {
  return groupings.find((grouping) => row[markerOf(grouping)] === '0') ?? 'all'
}
