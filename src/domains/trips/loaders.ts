import { defineRowLoader } from '../../loaders/index.ts'
import { trips } from './table.ts'

/** A trip by its number. */
export const tripById = defineRowLoader(trips)
