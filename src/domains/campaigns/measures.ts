import sql, { type Sql } from 'sql-template-tag'
import type { ComputedColumn, ResolvedColumn, ResolvedTable } from '../../db/index.ts'

/** What lies beyond, or is no number, would spoil every sum that it goes into: it is left out. */
const LARGEST = sql`1e15::float8`
const CENTS =
  'In US dollars. The lakehouse keeps amounts as 32-bit floats, which are exact to the cent below 131,072 only; ' +
  'each is rounded to cents.'

/** What campaign performance is measured by: amounts of one row in cents, and sums and rates over many rows. */
export const MEASURES = {
  costInCents: amount('cost', 'What the clicks cost.'),
  budgetInCents: amount('budget', 'What might have been spent.'),
  revenueInCents: amount('revenue', 'What the conversions brought in.'),
  campaignTier: {
    from: ['campaign', 'tier'],
    sql: (table) => sql`max(${table.column('tier').sql})`,
    type: sql`text`,
    description: 'How well the campaign does: High, Medium or Low.',
  },
  rows: { from: [], sql: () => sql`count(*)`, type: sql`bigint`, description: 'How many rows were added up.' },
  totalImpressions: total('impressions', 'How often ads were shown.'),
  totalClicks: total('clicks', 'How often somebody clicked.'),
  totalConversions: total('conversions', 'How many clicks led to what was aimed at.'),
  totalCost: totalAmount('cost', 'What the clicks cost.'),
  totalBudget: totalAmount('budget', 'What might have been spent.'),
  totalRevenue: totalAmount('revenue', 'What the conversions brought in.'),
  overallClickThroughRate: rate('clicks', 'impressions', 'All clicks by all impressions, as a fraction.'),
  overallConversionRate: rate('conversions', 'clicks', 'All conversions by all clicks, as a fraction.'),
  overallCostPerClick: rate('cost', 'clicks', 'All cost by all clicks, in US dollars.'),
  overallReturnOnAdSpend: rate('revenue', 'cost', 'All revenue by all cost.'),
} satisfies Readonly<Record<string, ComputedColumn>>

/** Sums and rates that groups of rows can be ordered by. */
export type GroupMeasure = Exclude<keyof typeof MEASURES, `${string}InCents` | 'campaignTier'>

function amount(column: string, description: string): ComputedColumn {
  const round = (table: ResolvedTable): Sql => cents(table.column(column))
  return { from: [column], sql: round, description: `${description} ${CENTS}` }
}

function total(column: string, description: string): ComputedColumn {
  return { from: [column], sql: (table) => sum(table.column(column)), type: sql`numeric`, description }
}

function totalAmount(column: string, description: string): ComputedColumn {
  const add = (table: ResolvedTable): Sql => sql`round(${sum(table.column(column))}, 2)`
  return { from: [column], sql: add, type: sql`numeric`, description: `${description} ${CENTS}` }
}

/** A rate of sums, since rates of single rows can't be averaged. Postgres adds up once what stands there twice. */
function rate(part: string, whole: string, description: string): ComputedColumn {
  const divide = (table: ResolvedTable): Sql =>
    sql`${sum(table.column(part))}::float8 / nullif(${sum(table.column(whole))}::float8, 0)`
  return { from: [part, whole], sql: divide, type: sql`float8`, description: `${description} Null where that is none.` }
}

const WHOLE = ['smallint', 'integer', 'bigint']

/** An amount rounded to cents. A `real` goes by way of `float8`: on its own it would keep six digits only. */
function cents({ sql: column, type }: ResolvedColumn): Sql {
  return type.sql === 'numeric' ? sql`round(${column}, 2)` : sql`round(${column}::float8::numeric, 2)`
}

/** The sum of a column; of amounts, each rounded to cents first. */
function sum(column: ResolvedColumn): Sql {
  if (WHOLE.includes(column.type.sql)) return sql`(sum(${column.sql}))::numeric`
  const finite = sql`filter (where ${column.sql} between -${LARGEST} and ${LARGEST})`
  if (column.type.sql !== 'real') return sql`(sum(${cents(column)}) ${finite})`
  // Just what `cents` gives, in a third of the time: a hundred times a `real` is exact in a `float8`.
  const whole = sql`trunc(${column.sql}::float8 * 100 + sign(${column.sql}) * 0.5)::bigint`
  return sql`((sum(${whole}) ${finite}) * 0.01)`
}
