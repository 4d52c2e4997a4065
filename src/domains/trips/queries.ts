import sql, { join } from 'sql-template-tag'
import { keysetPage, type Statement, selectColumns, statement, type Tables } from '../../db/index.ts'
import type { Page } from '../../graphql/index.ts'
import { type TripFilter, tripConditions } from './filter.ts'
import { type TripOrderField, trips } from './table.ts'

/** The text of the value that a page is ordered by, for cursors. */
export const ORDER_VALUE = 'orderValue'

export interface TripOrder {
  readonly field: TripOrderField
  readonly direction: 'asc' | 'desc'
}

/** Trips by their numbers; those that don't exist are missing from the answer. */
export function tripsByIds(tables: Tables, ids: readonly string[], columns: readonly string[]): Statement {
  const table = tables.get(trips)
  const { names, expressions } = selectColumns(table, 'id', columns)
  const id = table.column('id')
  const text = sql`select ${join(expressions, ', ')} from ${table.sql} where ${id.sql} = any(${ids}::bigint[])`
  return statement('trips.byIds', names, text)
}

export interface TripsPage {
  readonly filter: TripFilter
  readonly order: TripOrder
  readonly page: Page
  readonly columns: readonly string[]
}

/** One page of trips, and one row more if there are more. */
export function tripsPage(tables: Tables, { filter, order, page, columns }: TripsPage): Statement {
  const table = tables.get(trips)
  const { names, expressions } = selectColumns(table, 'id', columns)
  const value = table.expression(order.field)
  const id = table.column('id')
  const backwards = order.direction === 'asc' ? 'desc' : 'asc'
  const text = keysetPage({
    from: table.sql,
    columns: [...expressions, value],
    value,
    type: order.field === 'duration' ? sql`interval` : table.column(order.field).type,
    id: id.sql,
    idType: id.type,
    direction: page.backwards ? backwards : order.direction,
    where: tripConditions(table, filter),
    after: page.from,
    limit: page.size + 1,
  })
  return statement('trips.page', [...names, ORDER_VALUE], text)
}
