import type { Row } from '../../db/index.ts'
import {
  type Builder,
  fromColumn,
  type GraphQLContext,
  pageCost,
  selectedColumns,
  toConnection,
  toDateTime,
  toFloat,
  toPage,
  toRowId,
} from '../../graphql/index.ts'
import { addTripFilter, canonicalFilter, type TripFilter, type TripFilterRef } from './filter.ts'
import { tripById } from './loaders.ts'
import { ORDER_VALUE, type TripOrder, tripsPage } from './queries.ts'
import { addTripStats } from './stats-graphql.ts'
import { toZipText, trips } from './table.ts'

const NEWEST_FIRST: TripOrder = { field: 'pickupAt', direction: 'desc' }

/** Adds trips to the schema: their type, `trip`, `trips` and `tripStats`. */
export function addTrips(builder: Builder): void {
  const filter = addTripFilter(builder)
  const trip = addTripType(builder)
  addTripQueries(builder, trip, filter)
  addTripStats(builder, filter)
}

function addTripType(builder: Builder) {
  return builder.node(builder.objectRef<Row>('Trip'), {
    description: 'A taxi trip in New York.',
    id: { resolve: (row) => row['id'] ?? '', description: 'The trip’s id across all types.' },
    loadWithoutCache: (id, context, info) => loadTrip(toRowId(id, 'Trip'), context, selectedColumns(info, 'Trip')),
    fields: (t) => ({
      tripId: t.id({
        description: 'The trip’s number in the source table.',
        resolve: (row) => row['id'] ?? '',
      }),
      pickupAt: t.field({ type: 'DateTime', ...fromColumn(trips, 'pickupAt', toDateTime) }),
      dropoffAt: t.field({ type: 'DateTime', ...fromColumn(trips, 'dropoffAt', toDateTime) }),
      distance: t.float(fromColumn(trips, 'distance', toFloat)),
      fare: t.float(fromColumn(trips, 'fare', toFloat)),
      pickupZip: t.string(fromColumn(trips, 'pickupZip', toZipText)),
      dropoffZip: t.string(fromColumn(trips, 'dropoffZip', toZipText)),
      durationSeconds: t.float(fromColumn(trips, 'durationSeconds', toFloat)),
    }),
  })
}

type TripRef = ReturnType<typeof addTripType>

function loadTrip(id: string, context: GraphQLContext, columns: string[]): Promise<Row | null> {
  return tripById.load(context.load, { id, columns })
}

function addTripQueries(builder: Builder, trip: TripRef, filterRef: TripFilterRef): void {
  const orderRef = addTripOrder(builder)
  builder.queryFields((t) => ({
    trip: t.field({
      type: trip,
      nullable: true,
      description: 'One trip, or null if there is none with this id.',
      args: {
        id: t.arg.id({ required: true, description: 'The id of a Trip, or its number in the source table.' }),
      },
      resolve: (_root, { id }, context, info) => loadTrip(toRowId(id, 'Trip'), context, selectedColumns(info, 'Trip')),
    }),
    trips: t.connection(
      {
        type: trip,
        description: 'Trips in pages, newest first unless ordered otherwise.',
        args: {
          filter: t.arg({ type: filterRef, description: 'Which trips; all of them by default.' }),
          orderBy: t.arg({ type: orderRef, description: 'In which order; newest first by default.' }),
        },
        complexity: (args) => pageCost(args),
        resolve: async (_root, { filter, orderBy, ...paging }, context, info) => {
          const columns = selectedColumns(info, 'Trip')
          return loadPage({ filter: filter ?? {}, order: orderBy ?? NEWEST_FIRST, paging, columns }, context)
        },
      },
      { name: 'TripConnection' },
      { name: 'TripEdge' },
    ),
  }))
}

function addTripOrder(builder: Builder) {
  const field = builder.enumType('TripOrderField', {
    description: 'What trips can be ordered by. Trips that are equal in it are ordered by their number.',
    values: {
      PICKUP_AT: { value: 'pickupAt', description: 'When the trip began.' },
      FARE: { value: 'fare', description: 'The fare.' },
      DISTANCE: { value: 'distance', description: 'The distance.' },
      DURATION: { value: 'duration', description: 'How long the trip took.' },
    } as const,
  })
  return builder.inputType('TripOrder', {
    description: 'An order of trips.',
    fields: (t) => ({
      field: t.field({ type: field, required: true, description: 'What to order by.' }),
      direction: t.field({
        type: builder.refs.direction,
        required: true,
        defaultValue: 'desc',
        description: 'Which way to order.',
      }),
    }),
  })
}

interface PageRequest {
  readonly filter: TripFilter
  readonly order: TripOrder
  readonly paging: Parameters<typeof toPage>[0]
  readonly columns: readonly string[]
}

async function loadPage({ filter, order, paging, columns }: PageRequest, context: GraphQLContext) {
  const { viewer, signal, db } = context.load
  const list = `trips ${order.field} ${order.direction} ${canonicalFilter(filter)}`
  const page = toPage(paging, db.cursors, list)
  const build: Parameters<typeof db.read>[0]['build'] = (tables) => tripsPage(tables, { filter, order, page, columns })
  const rows = await db.read({ viewer, signal, build })
  return toConnection(page, rows, (row) =>
    db.cursors().encode(list, { value: row[ORDER_VALUE] ?? null, id: row['id'] ?? '' }),
  )
}
