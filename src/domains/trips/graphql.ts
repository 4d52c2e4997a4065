import type { Order, Page, Row } from '../../db/index.ts'
import { bare } from '../../execution/index.ts'
import {
  addOrder,
  type Builder,
  fromColumn,
  type GraphQLContext,
  loadPage,
  type PageArguments,
  pageCost,
  selectedColumns,
  toDateTime,
  toFloat,
  toNode,
  toRowId,
} from '../../graphql/index.ts'
import { addTripFilter, canonicalFilter, type TripFilter, type TripFilterRef } from './filter.ts'
import { tripById } from './loaders.ts'
import { tripsPage } from './queries.ts'
import { addTripStats } from './stats-graphql.ts'
import { type TripOrderField, toZipText, trips } from './table.ts'

const NEWEST_FIRST: Order<TripOrderField> = { field: 'pickupAt', direction: 'desc' }

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
    loadWithoutCache: (id, context, info) =>
      toNode(loadTrip(toRowId(id, 'Trip'), context, selectedColumns(info, 'Trip'))),
    fields: (t) => ({
      tripId: t.id({
        description: 'The trip’s number in the source table.',
        resolve: bare((row: Row) => row['id'] ?? ''),
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
          return loadTrips({ filter: filter ?? {}, order: orderBy ?? NEWEST_FIRST, paging, columns }, context)
        },
      },
      { name: 'TripConnection' },
      { name: 'TripEdge' },
    ),
  }))
}

function addTripOrder(builder: Builder) {
  return addOrder(builder, {
    name: 'Trip',
    things: 'trips',
    tieBreaker: 'their number',
    by: {
      PICKUP_AT: { value: 'pickupAt', description: 'When the trip began.' },
      FARE: { value: 'fare', description: 'The fare.' },
      DISTANCE: { value: 'distance', description: 'The distance.' },
      DURATION: { value: 'duration', description: 'How long the trip took.' },
    },
  })
}

interface TripList {
  readonly filter: TripFilter
  readonly order: Order<TripOrderField>
  readonly paging: PageArguments
  readonly columns: readonly string[]
}

function loadTrips({ filter, order, paging, columns }: TripList, context: GraphQLContext) {
  const request = {
    list: `trips ${order.field} ${order.direction} ${canonicalFilter(filter)}`,
    paging,
    idColumn: trips.idColumn,
    orderColumn: order.field,
    read: (page: Page) =>
      context.load.list('everyone', (tables) => tripsPage(tables, { filter, order, page, columns })),
  }
  return loadPage(request, context)
}
