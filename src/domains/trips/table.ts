import sql, { type Sql } from 'sql-template-tag'
import type { ResolvedTable, TableDefinition } from '../../db/index.ts'

/** NYC taxi trips: `samples.nyctaxi.trips` of Unity Catalog with an id, synced into Lakebase. */
export const trips = {
  key: 'trips',
  origin: 'synced',
  audience: 'everyone',
  schema: 'taxi',
  table: 'trips_synced',
  idColumn: 'id',
  columns: {
    id: { column: 'id', family: 'integer', description: 'The trip’s number in the source table.' },
    pickupAt: { column: 'tpep_pickup_datetime', family: 'timestamp', description: 'When the meter was switched on.' },
    dropoffAt: {
      column: 'tpep_dropoff_datetime',
      family: 'timestamp',
      description: 'When the meter was switched off.',
    },
    distance: { column: 'trip_distance', family: 'float', description: 'Miles by the taximeter.' },
    fare: { column: 'fare_amount', family: 'float', description: 'The fare by the meter, in US dollars.' },
    pickupZip: { column: 'pickup_zip', family: 'integer', description: 'Zip code of the pickup, five digits.' },
    dropoffZip: { column: 'dropoff_zip', family: 'integer', description: 'Zip code of the drop-off, five digits.' },
  },
  computed: {
    duration: {
      from: ['pickupAt', 'dropoffAt'],
      sql: duration,
      type: sql`interval`,
      description: 'How long the trip took.',
    },
    durationSeconds: {
      from: ['pickupAt', 'dropoffAt'],
      sql: (table) => sql`extract(epoch from ${duration(table)})::float8`,
      description: 'How long the trip took, in seconds.',
    },
  },
  indexes: [
    { name: 'trips_pickup_at', on: (table) => [table.expression('pickupAt'), table.column('id').sql] },
    { name: 'trips_fare', on: (table) => [table.expression('fare'), table.column('id').sql] },
    { name: 'trips_distance', on: (table) => [table.expression('distance'), table.column('id').sql] },
    { name: 'trips_duration', on: (table) => [table.expression('duration'), table.column('id').sql] },
    { name: 'trips_pickup_zip', on: (table) => [table.column('pickupZip').sql, ...byTime(table)] },
    { name: 'trips_dropoff_zip', on: (table) => [table.column('dropoffZip').sql, ...byTime(table)] },
  ],
} as const satisfies TableDefinition

/** What trips can be ordered by. */
export type TripOrderField = 'pickupAt' | 'fare' | 'distance' | 'duration'

/** How long a trip took, as an interval. */
function duration(table: ResolvedTable): Sql {
  const [from, to] = [table.column('pickupAt').sql, table.column('dropoffAt').sql]
  // One infinity minus another is an error in Postgres, and would end the whole statement.
  return sql`(case when isfinite(${from}) and isfinite(${to}) then ${to} - ${from} end)`
}

function byTime(table: ResolvedTable): Sql[] {
  return [table.column('pickupAt').sql, table.column('id').sql]
}

/** A zip code as people write it. Postgres keeps it as a number, without the zeros that it may begin with. */
export function toZipText(stored: string): string {
  return stored.padStart(5, '0')
}
