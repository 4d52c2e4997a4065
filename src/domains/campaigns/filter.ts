import type { Sql } from 'sql-template-tag'
import { conditionsOn, type Given, type ResolvedTable, type Span } from '../../db/index.ts'
import type { Builder } from '../../graphql/index.ts'
import { badInput } from '../../kernel/errors.ts'

/** What rows of performance can be told apart by. */
export const DIMENSIONS = ['campaign', 'tier', 'publisher', 'region', 'deviceType', 'adType'] as const
export type Dimension = (typeof DIMENSIONS)[number]

/** Which rows. All conditions that are given must hold. */
export type PerformanceFilter = Readonly<Partial<Record<Dimension, Given<readonly string[]>>>> & {
  readonly weekStart?: Given<Span>
}

export type PerformanceFilterRef = ReturnType<typeof addPerformanceFilter>

/** More values than this in one condition are refused. */
const MAX_VALUES = 100

/** Adds the input type. */
export function addPerformanceFilter(builder: Builder) {
  return builder.inputType('CampaignPerformanceFilter', {
    description: `Which rows. All conditions that are given must hold; a list holds for any of up to ${MAX_VALUES} values, just as they are written, and an empty one for none.`,
    fields: (t) => ({
      campaign: t.stringList({ description: 'Names of campaigns, such as `cmp_17`.' }),
      tier: t.stringList({ description: 'How well the campaign does: `High`, `Medium`, `Low`.' }),
      publisher: t.stringList({ description: 'Where the ads were shown, such as `Google`.' }),
      region: t.stringList({ description: 'Parts of the world: `NA`, `EMEA`, `APAC`, `LATAM`.' }),
      deviceType: t.stringList({ description: '`Mobile`, `Desktop`, `Tablet`.' }),
      adType: t.stringList({ description: '`Banner`, `Video`, `Native`, `Interstitial`.' }),
      weekStart: t.field({ type: builder.refs.dateRange, description: 'Weeks by their Mondays.' }),
    }),
  })
}

/** The same filter always has the same text, in whatever order a client wrote it. */
export function canonicalFilter(filter: PerformanceFilter): string {
  const values = DIMENSIONS.map((dimension) => filter[dimension]?.toSorted() ?? null)
  return JSON.stringify([...values, filter.weekStart?.from ?? null, filter.weekStart?.until ?? null])
}

/** @throws AppError TABLE_UNAVAILABLE where a column is missing. */
export function performanceConditions(table: ResolvedTable, filter: PerformanceFilter): readonly Sql[] {
  const conditions = conditionsOn(table)
  for (const dimension of DIMENSIONS) conditions.anyOf(dimension, filter[dimension])
  conditions.within('weekStart', filter.weekStart)
  return conditions.all
}

/** What a client gave. @throws AppError BAD_USER_INPUT for more values than a condition may have. */
export function checkFilter(filter: Given<PerformanceFilter>): PerformanceFilter {
  for (const dimension of DIMENSIONS) checkCount(filter?.[dimension], `filter.${dimension}`)
  return filter ?? {}
}

/** @throws AppError BAD_USER_INPUT naming `argument`. */
export function checkCount(values: Given<readonly string[]>, argument: string): void {
  if (values == null || values.length <= MAX_VALUES) return
  throw badInput(argument, `${argument} may have ${MAX_VALUES} values at most, but has ${values.length}.`)
}
