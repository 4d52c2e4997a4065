import { type Page, rowsByIds, type Statement, type Tables } from '../../db/index.ts'
import { campaignsByNames, campaignsPage, performanceOfCampaigns, performancePage } from './queries.ts'
import { campaigns } from './table.ts'
import { campaignTotals } from './totals-queries.ts'

const COLUMNS = ['campaign', 'weekStart', 'clicks', 'clickThroughRate', 'costInCents']
const SUMS = ['totalClicks', 'totalCost', 'overallClickThroughRate', 'overallCostPerClick']
const FILTER = {
  campaign: ['cmp_1'],
  tier: ['High'],
  publisher: ['Google', 'Meta'],
  region: ['EMEA'],
  deviceType: ['Mobile'],
  adType: ['Video'],
  weekStart: { from: '2025-06-09', until: '2025-09-01' },
}

/** Every form of statement that campaigns can send, for `schema/queries`, by what is special about it. */
export function campaignSamples(tables: Tables): Readonly<Record<string, Statement>> {
  const page = (parts: Partial<Page>): Page => ({ size: 20, backwards: false, from: undefined, ...parts })
  const after = { value: null, id: 'cmp_17' }
  const all = { filter: {}, direction: 'asc', columns: ['campaignTier'] } as const
  const newest = { filter: {}, order: { field: 'weekStart', direction: 'desc' }, columns: COLUMNS } as const
  const dearest = { ...newest, order: { field: 'cost', direction: 'desc' } } as const
  return {
    'by ids': rowsByIds(tables, campaigns, ['1', '2'], COLUMNS),
    'by names': campaignsByNames(tables, ['cmp_1', 'cmp_2'], ['campaignTier']),
    'first page': campaignsPage(tables, { ...all, page: page({}) }),
    'after a campaign': campaignsPage(tables, { ...all, page: page({ from: after }) }),
    'before a campaign, with every filter': campaignsPage(tables, {
      ...all,
      filter: { tier: ['High', 'Low'], name: 'cmp_1' },
      page: page({ from: after, backwards: true }),
    }),
    'first page of rows': performancePage(tables, { ...newest, page: page({}) }),
    'rows by cost, after one': performancePage(tables, { ...dearest, page: page({ from: { value: '9.5', id: '1' } }) }),
    'rows with every filter': performancePage(tables, { ...newest, filter: FILTER, page: page({}) }),
    'rows of campaigns': performanceOfCampaigns(tables, ['cmp_1', 'cmp_2'], { ...newest, page: page({}) }),
    'totals of all': campaignTotals(tables, { filter: {}, groupBy: [], first: 100, columns: SUMS }),
    'totals by publisher and week, most revenue first': campaignTotals(tables, {
      filter: FILTER,
      groupBy: ['publisher', 'weekStart'],
      order: { field: 'totalRevenue', direction: 'desc' },
      first: 100,
      columns: SUMS,
    }),
    'totals of campaigns': campaignTotals(tables, {
      filter: { campaign: ['cmp_1'] },
      groupBy: ['campaign'],
      columns: SUMS,
    }),
    'trends of campaigns': campaignTotals(tables, {
      filter: { campaign: ['cmp_1'] },
      groupBy: ['campaign', 'weekStart'],
      columns: SUMS,
    }),
  }
}
