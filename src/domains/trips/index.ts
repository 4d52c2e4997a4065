import type { Domain } from '../domain.ts'
import { TRIPS_EXAMPLE } from './example.ts'
import { addTrips } from './graphql.ts'
import { tripSamples } from './samples.ts'
import { trips as table } from './table.ts'

export const trips: Domain = {
  name: 'trips',
  tables: [table],
  examples: [TRIPS_EXAMPLE],
  addTo: addTrips,
  samples: tripSamples,
}
