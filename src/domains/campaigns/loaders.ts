import type { Row } from '../../db/index.ts'
import { defineLoader, defineRowLoader, type RowKey } from '../../loaders/index.ts'
import { canonicalFilter } from './filter.ts'
import { campaignsByNames, PARENT, type PerformancePage, performanceOfCampaigns } from './queries.ts'
import { campaigns } from './table.ts'
import { campaignTotals } from './totals-queries.ts'

/** A row of performance by its number. */
export const performanceById = defineRowLoader(campaigns)

/** A campaign by its name. */
export const campaignByName = defineLoader<RowKey, Row>({
  name: 'campaigns.byName',
  audience: 'everyone',
  idOf: ({ id, columns }) => JSON.stringify([id, columns]),
  async fetch({ read }, keys) {
    const [names, columns] = [distinct(keys.map(({ id }) => id)), distinct(keys.flatMap((key) => key.columns))]
    const rows = await read((tables) => campaignsByNames(tables, names, columns))
    const byName = new Map(rows.map((row) => [row['campaign'], row]))
    return ({ id }) => byName.get(id)
  },
})

export interface PerformanceKey {
  readonly campaign: string
  readonly request: PerformancePage
}

/** A page of the performance of a campaign; one statement for all campaigns of which the same page is asked for. */
export const performanceOfCampaign = defineLoader<PerformanceKey, readonly Row[]>({
  name: 'campaigns.performanceOf',
  audience: 'everyone',
  idOf: (key) => JSON.stringify([key.campaign, pageText(key)]),
  groupOf: pageText,
  async fetch({ read }, keys) {
    const names = keys.map(({ campaign }) => campaign)
    const rows = await read((tables) => performanceOfCampaigns(tables, names, keys[0].request))
    const byCampaign = Map.groupBy(rows, (row) => row[PARENT])
    return ({ campaign }) => byCampaign.get(campaign) ?? []
  },
})

function pageText({ request: { filter, order, page, columns } }: PerformanceKey): string {
  return JSON.stringify([canonicalFilter(filter), order.field, order.direction, page, columns])
}

export interface CampaignTotalsKey {
  readonly campaign: string
  readonly by: 'campaign' | 'week'
  readonly columns: readonly string[]
}

/** The totals of a campaign: one row for all of it, or one for each week, oldest first. */
export const totalsOfCampaign = defineLoader<CampaignTotalsKey, readonly Row[]>({
  name: 'campaigns.totalsOf',
  audience: 'everyone',
  idOf: ({ campaign, by, columns }) => JSON.stringify([campaign, by, columns]),
  groupOf: ({ by }) => by,
  async fetch({ read }, keys) {
    const filter = { campaign: distinct(keys.map(({ campaign }) => campaign)) }
    const columns = distinct(keys.flatMap((key) => key.columns))
    const groupBy = keys[0].by === 'week' ? (['campaign', 'weekStart'] as const) : (['campaign'] as const)
    const rows = await read((tables) => campaignTotals(tables, { filter, groupBy, columns }))
    const byCampaign = Map.groupBy(rows, (row) => row['campaign'])
    return ({ campaign }) => byCampaign.get(campaign) ?? []
  },
})

/** Each once, in one order, so that the same question is the same statement. */
function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort()
}
