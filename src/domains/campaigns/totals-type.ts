import type { Row } from '../../db/index.ts'
import { fromColumn, selectedColumns, toDate, toDecimal, toFloat, toSafeInt } from '../../graphql/index.ts'
import { campaignByName } from './loaders.ts'
import type { Refs } from './refs.ts'
import { campaigns } from './table.ts'
import type { GroupKey } from './totals-queries.ts'

const key = (name: GroupKey) => ({
  nullable: true as const,
  description: `${campaigns.columns[name].description} Null if not grouped by it, and for rows without one.`,
  resolve: (row: Row) => row[name] ?? null,
})

/** Adds the type of sums and rates. One for all groups: a key that wasn't grouped by is null. */
export function addTotalsType({ campaign, totals }: Refs): void {
  totals.implement({
    description:
      'Sums over rows of campaign performance, and rates made of the sums. Rows without a value, or with one beyond 10¹⁵, count in none.',
    fields: (t) => ({
      campaign: t.field({
        type: campaign,
        nullable: true,
        description: 'The campaign. Null if not grouped by it, and for rows without one.',
        resolve: ({ campaign: id }, _args, context, info) =>
          id == null ? null : campaignByName.load(context.load, { id, columns: selectedColumns(info, 'Campaign') }),
      }),
      tier: t.string(key('tier')),
      publisher: t.string(key('publisher')),
      region: t.string(key('region')),
      deviceType: t.string(key('deviceType')),
      adType: t.string(key('adType')),
      weekStart: t.field({
        type: 'Date',
        ...key('weekStart'),
        resolve: ({ weekStart }) => (weekStart == null ? null : toDate(weekStart)),
      }),
      rows: t.field({ type: 'SafeInt', ...fromColumn(campaigns, 'rows', toSafeInt) }),
      impressions: t.field({ type: 'SafeInt', ...fromColumn(campaigns, 'totalImpressions', toSafeInt) }),
      clicks: t.field({ type: 'SafeInt', ...fromColumn(campaigns, 'totalClicks', toSafeInt) }),
      conversions: t.field({ type: 'SafeInt', ...fromColumn(campaigns, 'totalConversions', toSafeInt) }),
      cost: t.field({ type: 'Decimal', ...fromColumn(campaigns, 'totalCost', toDecimal) }),
      budget: t.field({ type: 'Decimal', ...fromColumn(campaigns, 'totalBudget', toDecimal) }),
      revenue: t.field({ type: 'Decimal', ...fromColumn(campaigns, 'totalRevenue', toDecimal) }),
      clickThroughRate: t.float(fromColumn(campaigns, 'overallClickThroughRate', toFloat)),
      conversionRate: t.float(fromColumn(campaigns, 'overallConversionRate', toFloat)),
      costPerClick: t.float(fromColumn(campaigns, 'overallCostPerClick', toFloat)),
      returnOnAdSpend: t.float(fromColumn(campaigns, 'overallReturnOnAdSpend', toFloat)),
    }),
  })
}
