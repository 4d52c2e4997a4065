import { type Order, type Page, rowsPage, type Statement, statement, type Tables } from '../../db/index.ts'
import { type TripFilter, tripConditions } from './filter.ts'
import { type TripOrderField, trips } from './table.ts'

export interface TripsPage {
  readonly filter: TripFilter
  readonly order: Order<TripOrderField>
  readonly page: Page
  readonly columns: readonly string[]
}

/** One page of trips, and one row more if there are more. */
export function tripsPage(tables: Tables, { filter, ...rest }: TripsPage): Statement {
  const { names, sql } = rowsPage(tables, trips, { where: tripConditions(tables.get(trips), filter), ...rest })
  return statement('trips.page', names, sql)
}
