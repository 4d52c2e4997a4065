import sql, { join, type Sql } from 'sql-template-tag'
import { type ResolvedTable, type Statement, statement, type Tables } from '../../db/index.ts'
import { type TripFilter, tripConditions } from './filter.ts'
import { trips } from './table.ts'

/** What trips can be grouped by; `all` is the one group of all of them. */
export const GROUPINGS = ['all', 'hour', 'day', 'pickupZip', 'dropoffZip'] as const
export type Grouping = (typeof GROUPINGS)[number]

const GROUP_BY: Readonly<Record<Exclude<Grouping, 'all'>, (table: ResolvedTable) => Sql>> = {
  hour: (table) => sql`extract(hour from ${table.column('pickupAt').sql})`,
  day: (table) => sql`(${table.column('pickupAt').sql})::date`,
  pickupZip: (table) => table.column('pickupZip').sql,
  dropoffZip: (table) => table.column('dropoffZip').sql,
}

/** What is summed up, by the name of the column. */
const MEASURES = ['fare', 'distance', 'durationSeconds'] as const
export type Measure = (typeof MEASURES)[number]

/** The marker column of a grouping: `0` in the rows that are its groups. */
export const markerOf = (grouping: Grouping): string => `grouping ${grouping}`

/** All `groupings` of the trips that pass `filter`, in one statement. Averages come from sums and counts of values. */
export function tripStats(tables: Tables, filter: TripFilter, groupings: readonly Grouping[]): Statement {
  const table = tables.get(trips)
  const columns = ['count']
  const select: Sql[] = [sql`count(*)`]
  for (const name of MEASURES.filter((measure) => table.has(measure))) {
    const value = sql`${table.expression(name)}::float8`
    // NaN and infinity can't be summed up, and the sum of the rest must not run over.
    const finite = sql`filter (where ${value} between -1e290 and 1e290)`
    columns.push(`${name} count`, `${name} sum`)
    select.push(sql`count(*) ${finite}`, sql`sum(${value}) ${finite}`)
  }
  const keys = GROUPINGS.filter((grouping) => grouping !== 'all' && groupings.includes(grouping))
  const expressions = keys.map((key) => (key === 'all' ? sql`` : GROUP_BY[key](table)))
  keys.forEach((key, index) => {
    const expression = expressions[index] ?? sql``
    columns.push(key, markerOf(key))
    select.push(expression, sql`grouping(${expression})`)
  })
  const conditions = tripConditions(table, filter)
  const where = conditions.length === 0 ? sql`` : sql` where ${join(conditions, ' and ')}`
  const sets = [...(groupings.includes('all') ? [sql`()`] : []), ...expressions.map((key) => sql`(${key})`)]
  const groupBy = sql` group by grouping sets (${join(sets, ', ')})`
  return statement('trips.stats', columns, sql`select ${join(select, ', ')} from ${table.sql}${where}${groupBy}`)
}
