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
  statement: (tables, keys, all) =>
    campaignsByNames(tables, distinct(keys.map(({ id }) => id)), distinct(all.flatMap((key) => key.columns))),
  pick(rows) {
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
  statement(tables, keys) {
    const names = keys.map(({ campaign }) => campaign)
    return performanceOfCampaigns(tables, names, keys[0].request)
  },
  pick(rows) {
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
  statement(tables, keys, all) {
    const filter = { campaign: distinct(keys.map(({ campaign }) => campaign)) }
    const columns = distinct(all.flatMap((key) => key.columns))
    const groupBy = keys[0].by === 'week' ? (['campaign', 'weekStart'] as const) : (['campaign'] as const)
    return campaignTotals(tables, { filter, groupBy, columns })
  },
  pick(rows) {
    const byCampaign = Map.groupBy(rows, (row) => row['campaign'])
    return ({ campaign }) => byCampaign.get(campaign) ?? []
  },
})

/** Each once, in one order, so that the same question is the same statement. */
function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort()
}
