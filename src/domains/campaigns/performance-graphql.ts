import {
  type Builder,
  fromColumn,
  selectedColumns,
  toDate,
  toDecimal,
  toFloat,
  toNode,
  toRowId,
  toSafeInt,
} from '../../graphql/index.ts'
import { campaignByName, performanceById } from './loaders.ts'
import { addPlatformRatio, toPlatformRatios } from './platform-ratios.ts'
import type { Refs } from './refs.ts'
import { campaigns } from './table.ts'

/** Adds the type of one row of the table. */
export function addPerformanceType(builder: Builder, refs: Refs): void {
  const { campaign, performance } = refs
  const campaignName = fromColumn(campaigns, 'campaign', String)
  builder.node(performance, {
    description:
      'How one campaign did in one week with one publisher, region, device and ad; there may be several rows of the same.',
    id: {
      resolve: (row) => row['id'] ?? '',
      description:
        'The row’s id across all types. It lives for one version of the table: each load numbers the rows anew, and then the same id is another row, or none.',
    },
    loadWithoutCache: (id, context, info) =>
      toNode(
        performanceById.load(context.load, {
          id: toRowId(id, 'CampaignPerformance'),
          columns: selectedColumns(info, 'CampaignPerformance'),
        }),
      ),
    fields: (t) => ({
      campaign: t.field({
        type: campaign,
        ...campaignName,
        description: 'The campaign.',
        resolve: (row, args, context, info) => {
          const id = campaignName.resolve(row, args, context)
          return id === null
            ? null
            : campaignByName.load(context.load, { id, columns: selectedColumns(info, 'Campaign') })
        },
      }),
      weekStart: t.field({ type: 'Date', ...fromColumn(campaigns, 'weekStart', toDate) }),
      tier: t.string(fromColumn(campaigns, 'tier', String)),
      publisher: t.string(fromColumn(campaigns, 'publisher', String)),
      region: t.string(fromColumn(campaigns, 'region', String)),
      deviceType: t.string(fromColumn(campaigns, 'deviceType', String)),
      adType: t.string(fromColumn(campaigns, 'adType', String)),
    }),
  })
  addMeasures(builder, refs)
}

function addMeasures(builder: Builder, { performance }: Refs): void {
  const ratio = addPlatformRatio(builder)
  builder.objectFields(performance, (t) => ({
    impressions: t.field({ type: 'SafeInt', ...fromColumn(campaigns, 'impressions', toSafeInt) }),
    clicks: t.field({ type: 'SafeInt', ...fromColumn(campaigns, 'clicks', toSafeInt) }),
    conversions: t.field({ type: 'SafeInt', ...fromColumn(campaigns, 'conversions', toSafeInt) }),
    clickThroughRate: t.float(fromColumn(campaigns, 'clickThroughRate', toFloat)),
    conversionRate: t.float(fromColumn(campaigns, 'conversionRate', toFloat)),
    cost: t.field({ type: 'Decimal', ...fromColumn(campaigns, 'costInCents', toDecimal) }),
    costPerClick: t.float(fromColumn(campaigns, 'costPerClick', toFloat)),
    budget: t.field({ type: 'Decimal', ...fromColumn(campaigns, 'budgetInCents', toDecimal) }),
    revenue: t.field({ type: 'Decimal', ...fromColumn(campaigns, 'revenueInCents', toDecimal) }),
    returnOnAdSpend: t.float(fromColumn(campaigns, 'returnOnAdSpend', toFloat)),
    targetClickThroughRate: t.float(fromColumn(campaigns, 'targetClickThroughRate', toFloat)),
    targetConversionRate: t.float(fromColumn(campaigns, 'targetConversionRate', toFloat)),
    platformRatios: t.field({ type: [ratio], ...fromColumn(campaigns, 'platformRatios', toPlatformRatios) }),
  }))
}
