import sql, { join, raw } from 'sql-template-tag'
import {
  type Order,
  type Page,
  rowsPage,
  type Statement,
  selectColumns,
  statement,
  type Tables,
} from '../../db/index.ts'
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

/** A request, and its days. */
export interface RequestDays {
  readonly id: string
  readonly startDate: string
  readonly endDate: string
}

/** The name under which a row of `overlapsOf` has the request that it meets. */
export const MET = 'met'

/** Pending and approved requests that have a day in common with each of these, by their first day; at most `size` for each. */
export function overlapsOf(
  tables: Tables,
  requests: readonly RequestDays[],
  { size, columns }: { readonly size: number; readonly columns: readonly string[] },
): Statement {
  const table = tables.get(holidayRequests)
  const { names, expressions } = selectColumns(table, holidayRequests.idColumn, columns)
  const [id, first, last] = (['id', 'startDate', 'endDate'] as const).map((name) => table.column(name).sql)
  const selected = expressions.map((expression, index) => sql`${expression} as ${raw(`c${index}`)}`)
  const given = join(
    [
      sql`${requests.map((each) => each.id)}::bigint[]`,
      sql`${requests.map((each) => each.startDate)}::date[]`,
      sql`${requests.map((each) => each.endDate)}::date[]`,
    ],
    ', ',
  )
  const text = sql`select met_id, others.* from unnest(${given}) as met (met_id, met_first, met_last) cross join lateral (
    select ${join(selected, ', ')} from ${table.sql}
     where ${table.guard} and ${table.column('status').sql} in ('Pending', 'Approved')
       and ${first} <= met_last and ${last} >= met_first and ${id} <> met_id
     order by ${first}, ${id} limit ${size}::bigint) others`
  return statement('holidayRequests.overlapsOf', [MET, ...names], text)
}
