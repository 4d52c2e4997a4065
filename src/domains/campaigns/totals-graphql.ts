import { addOrder, type Builder, checkUpTo, costOf, MAX_PAGE, selectedColumns } from '../../graphql/index.ts'
import { nameOf } from './campaign-graphql.ts'
import { checkFilter, type PerformanceFilterRef } from './filter.ts'
import { totalsOfCampaign } from './loaders.ts'
import type { Refs } from './refs.ts'
import { campaignTotals } from './totals-queries.ts'

const DEFAULT_GROUPS = 100
/** More than a week of every publisher has rows; fewer than fill an answer's limit on cost. */
const MAX_GROUPS = 5_000
/** Half a year. */
const DEFAULT_WEEKS = 26

/** Adds `totals` and `trend` to a campaign. */
export function addTotalsOfCampaign(builder: Builder, { campaign, totals }: Refs): void {
  builder.objectFields(campaign, (t) => ({
    totals: t.field({
      type: totals,
      nullable: true,
      description: 'Sums and rates over all rows of this campaign; null if a load has just taken them all away.',
      resolve: async (row, _args, context, info) => {
        const columns = selectedColumns(info, 'CampaignTotals')
        const found = await totalsOfCampaign.load(context.load, { campaign: nameOf(row), by: 'campaign', columns })
        return found?.[0] ?? null
      },
    }),
    trend: t.field({
      type: [totals],
      description: 'Sums and rates over the rows of each week that has any, oldest week first.',
      args: {
        weeks: t.arg.int({
          required: true,
          defaultValue: DEFAULT_WEEKS,
          description: `How many weeks at most, the last of all, up to ${MAX_PAGE}.`,
        }),
      },
      complexity: ({ weeks }) => costOf(weeks, MAX_PAGE),
      resolve: async (row, { weeks }, context, info) => {
        checkUpTo('weeks', weeks, MAX_PAGE)
        const columns = selectedColumns(info, 'CampaignTotals')
        const found = await totalsOfCampaign.load(context.load, { campaign: nameOf(row), by: 'week', columns })
        return weeks === 0 ? [] : (found ?? []).slice(-weeks)
      },
    }),
  }))
}

/** Adds `campaignTotals`. */
export function addTotalsQuery(builder: Builder, { totals }: Refs, filter: PerformanceFilterRef): void {
  const dimension = addDimensions(builder)
  const order = addTotalsOrder(builder)
  builder.queryField('campaignTotals', (t) =>
    t.field({
      type: [totals],
      description: 'Sums and rates of campaign performance, in groups; without groupBy, one of all rows.',
      args: {
        filter: t.arg({ type: filter, description: 'Which rows; all of them by default.' }),
        groupBy: t.arg({ type: [dimension], description: 'What to group by; the order is that of the groups too.' }),
        orderBy: t.arg({ type: order, description: 'Which groups come first; by default in the order of their keys.' }),
        first: t.arg.int({
          required: true,
          defaultValue: DEFAULT_GROUPS,
          description: `How many groups at most, up to ${MAX_GROUPS}.`,
        }),
      },
      complexity: ({ first }) => costOf(first, MAX_GROUPS),
      resolve: (_root, args, context, info) => {
        const { groupBy, orderBy, first } = args
        checkUpTo('first', first, MAX_GROUPS)
        const columns = selectedColumns(info, 'CampaignTotals')
        const filter = checkFilter(args.filter)
        const request = { filter, groupBy: [...new Set(groupBy)], order: orderBy ?? undefined, first, columns }
        return context.load.list('everyone', (tables) => campaignTotals(tables, request))
      },
    }),
  )
}

function addDimensions(builder: Builder) {
  return builder.enumType('CampaignDimension', {
    description: 'What campaign performance can be grouped by.',
    values: {
      CAMPAIGN: { value: 'campaign', description: 'The campaign.' },
      TIER: { value: 'tier', description: 'How well the campaign does.' },
      PUBLISHER: { value: 'publisher', description: 'Where the ads were shown.' },
      REGION: { value: 'region', description: 'The part of the world.' },
      DEVICE_TYPE: { value: 'deviceType', description: 'What they were shown on.' },
      AD_TYPE: { value: 'adType', description: 'What they were.' },
      WEEK_START: { value: 'weekStart', description: 'The week.' },
    } as const,
  })
}

function addTotalsOrder(builder: Builder) {
  return addOrder(builder, {
    name: 'CampaignTotals',
    things: 'groups',
    tieBreaker: 'their keys',
    by: {
      ROWS: { value: 'rows', description: 'How many rows were added up.' },
      IMPRESSIONS: { value: 'totalImpressions', description: 'How often ads were shown.' },
      CLICKS: { value: 'totalClicks', description: 'How often somebody clicked.' },
      CONVERSIONS: { value: 'totalConversions', description: 'How many clicks led to what was aimed at.' },
      COST: { value: 'totalCost', description: 'What the clicks cost.' },
      BUDGET: { value: 'totalBudget', description: 'What might have been spent.' },
      REVENUE: { value: 'totalRevenue', description: 'What the conversions brought in.' },
      CLICK_THROUGH_RATE: { value: 'overallClickThroughRate', description: 'Clicks by impressions.' },
      CONVERSION_RATE: { value: 'overallConversionRate', description: 'Conversions by clicks.' },
      COST_PER_CLICK: { value: 'overallCostPerClick', description: 'Cost by clicks.' },
      RETURN_ON_AD_SPEND: { value: 'overallReturnOnAdSpend', description: 'Revenue by cost.' },
    },
  })
}
