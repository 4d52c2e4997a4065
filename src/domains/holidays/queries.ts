import { type Order, type Page, rowsPage, type Statement, statement, type Tables } from '../../db/index.ts'
import { type HolidayRequestFilter, requestConditions } from './filter.ts'
import { type HolidayRequestOrderField, holidayRequests } from './table.ts'

export interface RequestsPage {
  readonly filter: HolidayRequestFilter
  readonly order: Order<HolidayRequestOrderField>
  readonly page: Page
  readonly columns: readonly string[]
}

/** One page of holiday requests, and one row more if there are more. */
export function requestsPage(tables: Tables, { filter, ...rest }: RequestsPage): Statement {
  const where = requestConditions(tables.get(holidayRequests), filter)
  const { names, sql } = rowsPage(tables, holidayRequests, { where, ...rest })
  return statement('holidayRequests.page', names, sql)
}
