import sql, { empty, join, raw, type Sql } from 'sql-template-tag'
import {
  type Given,
  type Order,
  type Page,
  rowsPage,
  type Statement,
  selectColumns,
  statement,
  type Tables,
} from '../../db/index.ts'
import { type PerformanceFilter, performanceConditions } from './filter.ts'
import { campaigns, type PerformanceOrderField } from './table.ts'

/** Which campaigns. All conditions that are given must hold. */
export interface CampaignFilter {
  readonly tier?: Given<readonly string[]>
  /** Part of the name, in any case. */
  readonly name?: Given<string>
}

export interface CampaignsPage {
  readonly filter: CampaignFilter
  readonly direction: 'asc' | 'desc'
  readonly page: Page
  readonly columns: readonly string[]
}

/** One page of campaigns by name, and one more if there are more. A campaign is what rows of performance have in common. */
export function campaignsPage(tables: Tables, { filter, direction, page, columns }: CampaignsPage): Statement {
  const table = tables.get(campaigns)
  const name = table.column('campaign').sql
  const ascending = (direction === 'asc') !== page.backwards
  const where = [sql`${name} is not null`]
  if (filter.name != null) where.push(sql`strpos(lower(${name}), lower(${filter.name}::text)) > 0`)
  if (page.from) where.push(sql`${name} ${raw(ascending ? '>' : '<')} ${page.from.id}::text`)
  const having =
    filter.tier == null ? empty : sql` having ${table.expression('campaignTier')} = any(${filter.tier}::text[])`
  const order = sql`order by ${name} ${raw(ascending ? 'asc' : 'desc')} limit ${page.size + 1}::bigint`
  const { names, text } = selectCampaigns(tables, where, columns)
  return statement('campaigns.page', names, sql`${text}${having} ${order}`)
}

/** Campaigns by their names; those that don't exist are missing from the answer. */
export function campaignsByNames(tables: Tables, names: readonly string[], columns: readonly string[]): Statement {
  const name = tables.get(campaigns).column('campaign').sql
  const select = selectCampaigns(tables, [sql`${name} = any(${names}::text[])`], columns)
  return statement('campaigns.byNames', select.names, select.text)
}

function selectCampaigns(tables: Tables, where: readonly Sql[], columns: readonly string[]) {
  const table = tables.get(campaigns)
  const { names, expressions } = selectColumns(table, 'campaign', columns)
  const list = join(expressions, ', ')
  const name = table.column('campaign').sql
  return { names, text: sql`select ${list} from ${table.sql} where ${join(where, ' and ')} group by ${name}` }
}

export interface PerformancePage {
  readonly filter: PerformanceFilter
  readonly order: Order<PerformanceOrderField>
  readonly page: Page
  readonly columns: readonly string[]
}

/** One page of rows of performance, and one row more if there are more. */
export function performancePage(tables: Tables, { filter, ...rest }: PerformancePage): Statement {
  const where = performanceConditions(tables.get(campaigns), filter)
  const { names, sql: text } = rowsPage(tables, campaigns, { where, ...rest })
  return statement('campaigns.performance', names, text)
}

/** The campaign that a row was read for: the first column of `performanceOfCampaigns`. */
export const PARENT = 'parent'

/** The same page for each of several campaigns, in one statement. */
export function performanceOfCampaigns(
  tables: Tables,
  names: readonly string[],
  { filter, ...rest }: PerformancePage,
): Statement {
  const table = tables.get(campaigns)
  const where = [sql`${table.column('campaign').sql} = parents.name`, ...performanceConditions(table, filter)]
  const page = rowsPage(tables, campaigns, { where, ...rest })
  // A lateral join runs its right side once for each row of the left, and so keeps the order within each page.
  const text = sql`select parents.name, page.* from unnest(${names}::text[]) as parents (name) cross join lateral (${page.sql}) as page`
  return statement('campaigns.performanceOfEach', [PARENT, ...page.names], text)
}
