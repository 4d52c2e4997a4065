import type { Domain } from '../domain.ts'
import { addTrips } from './graphql.ts'
import { tripSamples } from './samples.ts'
import { trips as table } from './table.ts'

export const trips: Domain = { name: 'trips', tables: [table], addTo: addTrips, samples: tripSamples }
