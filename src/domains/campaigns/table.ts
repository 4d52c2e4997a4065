import type { ColumnDefinition, ColumnFamily, ResolvedTable, TableDefinition } from '../../db/index.ts'
import { MEASURES } from './measures.ts'

const column = (name: string, family: ColumnFamily, description: string): ColumnDefinition => ({
  column: name,
  family,
  description,
  // FLOAT of the lakehouse arrives as `real`.
  ...(family === 'float' ? { type: 'real' } : {}),
})

/** What rows of performance can be ordered by; each order has its index. */
export const PERFORMANCE_ORDERS = [
  'weekStart',
  'impressions',
  'clicks',
  'conversions',
  'clickThroughRate',
  'conversionRate',
  'cost',
  'costPerClick',
  'budget',
  'revenue',
  'returnOnAdSpend',
] as const
export type PerformanceOrderField = (typeof PERFORMANCE_ORDERS)[number]

/** Weekly performance of marketing campaigns by publisher, region, device and ad; synced from Unity Catalog. */
export const campaigns = {
  key: 'campaigns',
  origin: 'synced',
  audience: 'everyone',
  schema: 'marketing',
  table: 'campaign_performance',
  idColumn: 'id',
  columns: {
    id: column('primary_key', 'integer', 'The row’s number in this version of the table.'),
    campaign: column('campaign_id', 'text', 'The campaign’s name, such as `cmp_17`.'),
    weekStart: column('week_start', 'text', 'The Monday that the week begins with.'),
    tier: column('performance_tier', 'text', 'How well the campaign does: High, Medium or Low.'),
    publisher: column('publisher', 'text', 'Where the ads were shown: Google, Meta, LinkedIn, Twitter or TikTok.'),
    region: column('region', 'text', 'The part of the world: NA, EMEA, APAC or LATAM.'),
    deviceType: column('device_type', 'text', 'What they were shown on: Mobile, Desktop or Tablet.'),
    adType: column('ad_type', 'text', 'What they were: Banner, Video, Native or Interstitial.'),
    impressions: column('impressions', 'integer', 'How often they were shown.'),
    clicks: column('clicks', 'integer', 'How often somebody clicked.'),
    conversions: column('conversions', 'integer', 'How many clicks led to what was aimed at.'),
    clickThroughRate: column('CTR', 'float', 'Clicks for each impression, as a fraction.'),
    conversionRate: column('conversion_rate', 'float', 'Conversions for each click, as a fraction.'),
    cost: column('cost', 'float', 'What the clicks cost.'),
    costPerClick: column('CPC', 'float', 'What one click cost, in US dollars.'),
    budget: column('budget', 'float', 'What might have been spent.'),
    revenue: column('revenue', 'float', 'What the conversions brought in.'),
    returnOnAdSpend: column('ROAS', 'float', 'Revenue for each dollar of cost.'),
    targetClickThroughRate: column('target_CTR', 'float', 'The click-through rate aimed at, as a fraction.'),
    targetConversionRate: column('target_CR', 'float', 'The conversion rate aimed at, as a fraction.'),
    platformRatios: column('platform_ratios', 'json', 'How the impressions divide among platforms.'),
  },
  computed: MEASURES,
  indexes: [
    { name: 'campaigns_tier', on: (table) => [table.column('campaign').sql, table.column('tier').sql] },
    { name: 'campaigns_week', on: (table) => [table.column('campaign').sql, ...by(table, 'weekStart')] },
    ...PERFORMANCE_ORDERS.map((name) => ({
      name: `campaigns_by_${name}`,
      on: (table: ResolvedTable) => by(table, name),
    })),
  ],
} as const satisfies TableDefinition

function by(table: ResolvedTable, name: string) {
  return [table.column(name).sql, table.column('id').sql]
}
