import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

/** Rows of the lakehouse, before any pipeline, by another way than ours: exact decimals from the text of each float. */
async function lakehouse(select: string, rest = ''): Promise<Record<string, string>[]> {
  const { rows } = await app.sql((client) =>
    client.query({
      text: `select ${select} from lakehouse.campaign_performance ${rest}`,
      types: { getTypeParser: () => String },
    }),
  )
  return rows
}

const cents = (column: string): string => `sum(round((${column}::float8)::numeric, 2))`
const SUMS = `count(*) as rows, sum(impressions) as impressions, sum(clicks) as clicks, sum(conversions) as conversions,
  ${cents('cost')} as cost, ${cents('budget')} as budget, ${cents('revenue')} as revenue`
const FIELDS = 'rows impressions clicks conversions cost budget revenue'

/** The numbers of JSON as Postgres writes them. */
const asText = (groups: object[]): object[] =>
  groups.map((group) => Object.fromEntries(Object.entries(group).map(([name, value]) => [name, String(value)])))

describe('totals', () => {
  it('of everything are those of the lakehouse, to the cent', async () => {
    const { data, errors } = await app.query(`{ campaignTotals { ${FIELDS} } }`)
    expect(errors).toBeUndefined()
    expect(asText(data.campaignTotals)).toEqual(await lakehouse(SUMS))
  })

  it.each([
    ['PUBLISHER', 'publisher', 'publisher', 'publisher'],
    ['TIER REGION', 'tier region', 'performance_tier as tier, region', 'performance_tier, region'],
    [
      'DEVICE_TYPE, AD_TYPE',
      'deviceType adType',
      'device_type as "deviceType", ad_type as "adType"',
      'device_type, ad_type',
    ],
    ['WEEK_START', 'weekStart', 'week_start as "weekStart"', 'week_start'],
  ])('by %s are those of the lakehouse, in the order of their keys', async (groupBy, keys, select, by) => {
    const { data, errors } = await app.query(`{ campaignTotals(groupBy: [${groupBy}]) { ${keys} ${FIELDS} } }`)
    expect(errors).toBeUndefined()
    expect(asText(data.campaignTotals)).toEqual(await lakehouse(`${select}, ${SUMS}`, `group by ${by} order by ${by}`))
  })

  it('take every filter', async () => {
    const filter = `{ campaign: ["cmp_1", "cmp_2", "cmp_3"], tier: ["High", "Medium", "Low"], publisher: ["Google", "Meta"], region: "EMEA",
      deviceType: ["Mobile", "Tablet"], adType: ["Video", "Banner"], weekStart: { from: "2025-06-16", until: "2025-10-06" } }`
    const { data } = await app.query(`{ campaignTotals(filter: ${filter}) { ${FIELDS} } }`)
    const where = `where campaign_id in ('cmp_1', 'cmp_2', 'cmp_3') and publisher in ('Google', 'Meta') and region = 'EMEA'
      and device_type in ('Mobile', 'Tablet') and ad_type in ('Video', 'Banner') and week_start between '2025-06-16' and '2025-09-29'`
    const expected = await lakehouse(SUMS, where)
    expect(Number(expected[0]?.['rows'])).toBeGreaterThan(0)
    expect(asText(data.campaignTotals)).toEqual(expected)
  })

  it('have rates made from sums, not averages of rates', async () => {
    const [sums] = await lakehouse(SUMS)
    const { data } = await app.query(
      '{ campaignTotals { clickThroughRate conversionRate costPerClick returnOnAdSpend } }',
    )
    const of = (part: string, whole: string): unknown =>
      expect.closeTo(Number(sums?.[part]) / Number(sums?.[whole]), 12)
    expect(data.campaignTotals).toEqual([
      {
        clickThroughRate: of('clicks', 'impressions'),
        conversionRate: of('conversions', 'clicks'),
        costPerClick: of('cost', 'clicks'),
        returnOnAdSpend: of('revenue', 'cost'),
      },
    ])
  })

  it('come in the order asked for, and so many', async () => {
    const { data } = await app.query(
      '{ campaignTotals(groupBy: CAMPAIGN, orderBy: { field: REVENUE }, first: 7) { campaign { name tier } revenue } }',
    )
    const expected = await lakehouse(
      `campaign_id as name, max(performance_tier) as tier, ${cents('revenue')} as revenue`,
      'group by campaign_id order by 3 desc, 1 limit 7',
    )
    expect(data.campaignTotals).toEqual(
      expected.map(({ name, tier, revenue }) => ({ campaign: { name, tier }, revenue })),
    )
  })

  it('of nothing are nothing', async () => {
    const { data, errors } = await app.query(
      '{ campaignTotals(filter: { publisher: "Myspace" }) { rows clicks cost clickThroughRate } none: campaignTotals(filter: { publisher: [] }, groupBy: TIER) { rows } }',
    )
    expect(errors).toBeUndefined()
    expect(data).toEqual({ campaignTotals: [{ rows: 0, clicks: null, cost: null, clickThroughRate: null }], none: [] })
  })
})

describe('a campaign', () => {
  it('is found by its name and by its id, and is a node', async () => {
    const { data } = await app.query('{ campaign(id: "cmp_17") { id name tier } }')
    const [row] = await lakehouse('distinct performance_tier as tier', `where campaign_id = 'cmp_17'`)
    expect(data.campaign).toEqual({ id: expect.any(String), name: 'cmp_17', tier: row?.['tier'] })
    const again = await app.query(
      'query ($id: ID!) { campaign(id: $id) { name } node(id: $id) { __typename ... on Campaign { tier } } }',
      { id: data.campaign.id },
    )
    expect(again.data).toEqual({
      campaign: { name: 'cmp_17' },
      node: { __typename: 'Campaign', tier: data.campaign.tier },
    })
    expect((await app.query('{ campaign(id: "cmp_0") { name } }')).data).toEqual({ campaign: null })
  })

  it('has its rows, totals and trend', async () => {
    const { data, errors } = await app.query(
      `{ campaign(id: "cmp_17") { performance(first: 500) { nodes { weekStart campaign { name } cost } pageInfo { hasNextPage } }
         totals { ${FIELDS} campaign { name } publisher } trend(weeks: 500) { weekStart ${FIELDS} } last: trend(weeks: 2) { weekStart } } }`,
    )
    expect(errors).toBeUndefined()
    const { performance, totals, trend, last } = data.campaign
    const where = `where campaign_id = 'cmp_17'`
    const rows = await lakehouse(
      'week_start, round((cost::float8)::numeric, 2) as cost',
      `${where} order by week_start desc, primary_key desc`,
    )
    expect(performance).toEqual({
      nodes: rows.map((row) => ({ weekStart: row['week_start'], campaign: { name: 'cmp_17' }, cost: row['cost'] })),
      pageInfo: { hasNextPage: false },
    })
    const { campaign, publisher, ...sums } = totals
    expect([campaign, publisher]).toEqual([{ name: 'cmp_17' }, null])
    expect(asText([sums])).toEqual(await lakehouse(SUMS, where))
    const weeks = await lakehouse(`week_start as "weekStart", ${SUMS}`, `${where} group by 1 order by 1`)
    expect(asText(trend)).toEqual(weeks)
    expect(last).toEqual(weeks.slice(-2).map(({ weekStart }) => ({ weekStart })))
  })

  it('is found by tier and by a part of its name, of which no character is special', async () => {
    const names = async (filter: string): Promise<string[]> => {
      const { data, errors } = await app.query(`{ campaigns(first: 500, filter: ${filter}) { nodes { name } } }`)
      expect(errors).toBeUndefined()
      return data.campaigns.nodes.map(({ name }: { name: string }) => name)
    }
    const expected = await lakehouse(
      'distinct campaign_id as name',
      `where performance_tier = 'High' and campaign_id like '%p\\_99%' order by 1`,
    )
    expect(await names('{ tier: "High", name: "P_99" }')).toEqual(expected.map(({ name }) => name))
    expect(await names('{ name: "%" }')).toEqual([])
    expect(await names('{ name: "cmp.9" }')).toEqual([])
    expect((await names('{ tier: ["High", "Low", "Medium"] }')).length).toBe(500)
  })
})

describe('a row of performance', () => {
  it('shows all 21 columns', async () => {
    const { data, errors } = await app.query(
      `{ campaignPerformance(first: 1, orderBy: { field: COST }) { nodes { id campaign { name } weekStart tier publisher region deviceType adType
           impressions clicks conversions clickThroughRate conversionRate cost costPerClick budget revenue returnOnAdSpend
           targetClickThroughRate targetConversionRate platformRatios { platform ratio } } } }`,
    )
    expect(errors).toBeUndefined()
    const [row] = await lakehouse('*', 'order by cost desc limit 1')
    const [node] = data.campaignPerformance.nodes
    expect(node).toEqual({
      id: Buffer.from(`CampaignPerformance:${row?.['primary_key']}`).toString('base64url'),
      campaign: { name: row?.['campaign_id'] },
      weekStart: row?.['week_start'],
      tier: row?.['performance_tier'],
      publisher: row?.['publisher'],
      region: row?.['region'],
      deviceType: row?.['device_type'],
      adType: row?.['ad_type'],
      impressions: Number(row?.['impressions']),
      clicks: Number(row?.['clicks']),
      conversions: Number(row?.['conversions']),
      clickThroughRate: Number(row?.['CTR']),
      conversionRate: Number(row?.['conversion_rate']),
      cost: expect.stringMatching(/^\d+\.\d\d$/),
      costPerClick: Number(row?.['CPC']),
      budget: expect.stringMatching(/^\d+\.\d\d$/),
      revenue: expect.stringMatching(/^\d+\.\d\d$/),
      returnOnAdSpend: Number(row?.['ROAS']),
      targetClickThroughRate: Number(row?.['target_CTR']),
      targetConversionRate: Number(row?.['target_CR']),
      platformRatios: expect.any(Array),
    })
    const ratios = node.platformRatios.map((each: { platform: string; ratio: number }) => [each.platform, each.ratio])
    expect(Object.fromEntries(ratios)).toEqual(JSON.parse(row?.['platform_ratios'] ?? ''))
  })
})
