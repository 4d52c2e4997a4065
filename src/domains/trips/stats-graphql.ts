import type { Row } from '../../db/index.ts'
import { type Builder, type GraphQLContext, MAX_PAGE, toDate } from '../../graphql/index.ts'
import type { TripFilterRef } from './filter.ts'
import {
  DEFAULT_GROUPS,
  inOrderOf,
  loadParts,
  loadSums,
  mostTripsFirst,
  type TripGroup,
  type TripPart,
  type TripStats,
} from './stats-groups.ts'
import type { Measure } from './stats-queries.ts'
import { toZipText, trips } from './table.ts'

/** Adds `tripStats` and its types. */
export function addTripStats(builder: Builder, filterRef: TripFilterRef): void {
  const measures = addMeasures(builder)
  const stats = addTripStatsType(builder, measures)
  builder.queryField('tripStats', (t) =>
    t.field({
      type: stats,
      description: 'Count, sums and averages of trips, and the same by hour, day or zip code.',
      args: { filter: t.arg({ type: filterRef, description: 'Which trips; all of them by default.' }) },
      complexity: { field: 10, multiplier: 1 },
      resolve: (_root, args, context) => {
        const filter = args.filter ?? {}
        return { filter, sums: () => loadSums(filter, context) }
      },
    }),
  )
}

/** The measures that every group has, whatever it is grouped by. */
function addMeasures(builder: Builder) {
  const measures = builder.interfaceRef<TripGroup>('TripMeasures')
  const total = (measure: Measure, description: string) => ({
    description,
    resolve: async ({ sums }: TripGroup, _args: object, context: GraphQLContext) =>
      measured(await sums(), measure, 'sum', context),
  })
  const average = (measure: Measure, description: string) => ({
    nullable: true as const,
    description,
    resolve: async ({ sums }: TripGroup, _args: object, context: GraphQLContext) => {
      const row = await sums()
      const count = measured(row, measure, 'count', context)
      return count === 0 ? null : measured(row, measure, 'sum', context) / count
    },
  })
  return measures.implement({
    description: 'Sums and averages over a group of trips. Trips without a value count in neither.',
    fields: (t) => ({
      count: t.int({ description: 'How many trips.', resolve: async ({ sums }) => Number((await sums())['count']) }),
      totalFare: t.float(total('fare', 'The sum of fares, in US dollars.')),
      averageFare: t.float(average('fare', 'The average fare, in US dollars.')),
      totalDistance: t.float(total('distance', 'The sum of distances, in miles.')),
      averageDistance: t.float(average('distance', 'The average distance, in miles.')),
      totalDurationSeconds: t.float(total('durationSeconds', 'The time of all trips together, in seconds.')),
      averageDurationSeconds: t.float(average('durationSeconds', 'The average time of a trip, in seconds.')),
    }),
  })
}

function measured(row: Row, measure: Measure, of: 'sum' | 'count', context: GraphQLContext): number {
  const value = row[`${measure} ${of}`]
  // Left out of the statement for a missing column, which this names.
  if (value === undefined) context.load.tables('everyone').get(trips).expression(measure)
  return Number(value ?? 0)
}

type Measures = ReturnType<typeof addMeasures>

const firstGroups = (what: string) => ({
  defaultValue: DEFAULT_GROUPS,
  required: true as const,
  description: `How many ${what} at most, up to ${MAX_PAGE}.`,
})

const costOfGroups = (args: { first: number }) => ({ field: 1, multiplier: Math.max(args.first, 1) })

function addTripStatsType(builder: Builder, measures: Measures) {
  const { hourStats, dayStats, zipStats } = addGroupTypes(builder, measures)
  return builder.objectRef<TripStats>('TripStats').implement({
    description: 'Sums and averages over trips, as a whole and in groups.',
    interfaces: [measures],
    fields: (t) => ({
      byHour: t.field({
        type: [hourStats],
        description: 'By the hour of the day at pickup (UTC), in their order.',
        complexity: { field: 1, multiplier: 25 },
        resolve: (stats, _args, context) =>
          loadParts(stats, context, { grouping: 'hour', order: inOrderOf('hour'), first: 25 }),
      }),
      byDay: t.field({
        type: [dayStats],
        description: 'By the day of the pickup (UTC), in their order.',
        args: { first: t.arg.int(firstGroups('days')) },
        complexity: costOfGroups,
        resolve: (stats, args, context) =>
          loadParts(stats, context, { grouping: 'day', order: inOrderOf('day'), first: args.first }),
      }),
      byPickupZip: t.field({
        type: [zipStats],
        description: 'By the zip code of the pickup, those with the most trips first.',
        args: { first: t.arg.int(firstGroups('zip codes')) },
        complexity: costOfGroups,
        resolve: (stats, args, context) =>
          loadParts(stats, context, { grouping: 'pickupZip', order: mostTripsFirst, first: args.first }),
      }),
      byDropoffZip: t.field({
        type: [zipStats],
        description: 'By the zip code of the drop-off, those with the most trips first.',
        args: { first: t.arg.int(firstGroups('zip codes')) },
        complexity: costOfGroups,
        resolve: (stats, args, context) =>
          loadParts(stats, context, { grouping: 'dropoffZip', order: mostTripsFirst, first: args.first }),
      }),
    }),
  })
}

function addGroupTypes(builder: Builder, measures: Measures) {
  const hourStats = builder.objectRef<TripPart>('TripHourStats').implement({
    description: 'The trips that began in one hour of the day.',
    interfaces: [measures],
    fields: (t) => ({
      hour: t.int({
        nullable: true,
        description: 'The hour of the day, 0 to 23 (UTC); null for trips without a pickup time.',
        resolve: ({ row }) => (row['hour'] == null ? null : Number(row['hour'])),
      }),
    }),
  })
  const dayStats = builder.objectRef<TripPart>('TripDayStats').implement({
    description: 'The trips that began on one day.',
    interfaces: [measures],
    fields: (t) => ({
      day: t.field({
        type: 'Date',
        nullable: true,
        description: 'The day (UTC); null for trips without a pickup time.',
        resolve: ({ row }) => (row['day'] == null ? null : toDate(row['day'])),
      }),
    }),
  })
  const zipStats = builder.objectRef<TripPart>('TripZipStats').implement({
    description: 'The trips that began or ended in one zip code.',
    interfaces: [measures],
    fields: (t) => ({
      zip: t.string({
        nullable: true,
        description: 'The zip code, five digits; null for trips without one.',
        resolve: ({ row }) => {
          const zip = row['pickupZip'] ?? row['dropoffZip'] ?? null
          return zip === null ? null : toZipText(zip)
        },
      }),
    }),
  })
  return { hourStats, dayStats, zipStats }
}
