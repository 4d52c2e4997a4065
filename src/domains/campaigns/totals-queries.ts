import sql, { empty, join, raw } from 'sql-template-tag'
import { type Order, type Statement, selectColumns, statement, type Tables } from '../../db/index.ts'
import { type Dimension, type PerformanceFilter, performanceConditions } from './filter.ts'
import type { GroupMeasure } from './measures.ts'
import { campaigns } from './table.ts'

/** What totals can be grouped by. */
export type GroupKey = Dimension | 'weekStart'

export interface Totals {
  readonly filter: PerformanceFilter
  readonly groupBy: readonly GroupKey[]
  /** By a measure, if given, and always by the groups' keys. */
  readonly order?: Order<GroupMeasure> | undefined
  /** How many groups at most; else all. */
  readonly first?: number
  readonly columns: readonly string[]
}

/** Sums and rates of the rows that pass a filter, for each group of them: the keys, `rows`, the `columns` asked for. */
export function campaignTotals(tables: Tables, { filter, groupBy, order, first, columns }: Totals): Statement {
  const table = tables.get(campaigns)
  const keys = groupBy.map((key) => table.column(key).sql)
  // Counting rows makes one group of everything where nothing else does.
  const { names, expressions } = selectColumns(table, 'rows', columns)
  const conditions = performanceConditions(table, filter)
  const where = conditions.length === 0 ? empty : sql` where ${join(conditions, ' and ')}`
  const sorting = [...(order ? [sql`${table.expression(order.field)} ${raw(order.direction)}`] : []), ...keys]
  const by = keys.length === 0 ? empty : sql` group by ${join(keys, ', ')}`
  const orderBy = sorting.length === 0 ? empty : sql` order by ${join(sorting, ', ')}`
  const limit = first === undefined ? empty : sql` limit ${first}::bigint`
  const select = sql`select ${join([...keys, ...expressions], ', ')} from ${table.sql}`
  return statement('campaigns.totals', [...groupBy, ...names], sql`${select}${where}${by}${orderBy}${limit}`)
}
