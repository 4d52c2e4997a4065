import { afterEach, describe, expect, it } from 'vitest'
import { expectRefused } from '../../../test/support/refused.ts'
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts'

let app: TestApp | undefined
afterEach(async () => {
  await app?.close()
})

/** An app that starts on a changed table. */
async function startWith(change: string): Promise<TestApp> {
  const first = await startTestApp()
  await first.sql((client) => client.query(change))
  const second = await startTestApp({ database: first.database })
  app = {
    ...second,
    async close() {
      await second.close()
      await first.close()
    },
  }
  return app
}

const TABLE = 'alter table marketing.campaign_performance'
const EVERYTHING = `{ campaigns(first: 2) { nodes { name tier totals { clicks cost costPerClick } trend { weekStart cost } performance(first: 2) { nodes { cost clickThroughRate weekStart } } } }
  campaignTotals(groupBy: PUBLISHER) { publisher rows cost clicks } campaignPerformance(first: 2) { nodes { cost clicks } } }`

describe('of campaign performance, a column', () => {
  it('that is missing turns off what is made from it, and no more', async () => {
    const { query } = await startWith(`${TABLE} drop column cost, drop column performance_tier`)
    const { data, errors } = await query(EVERYTHING)
    expect(data.campaigns.nodes[0]).toMatchObject({
      name: 'cmp_1',
      tier: null,
      totals: { clicks: expect.any(Number), cost: null, costPerClick: null },
      performance: { nodes: [{ cost: null, clickThroughRate: expect.any(Number) }, expect.anything()] },
    })
    expect(data.campaignTotals[0]).toMatchObject({ publisher: 'Google', clicks: expect.any(Number), cost: null })
    expect([...new Set(errors?.map(({ extensions }) => extensions.code))]).toEqual(['TABLE_UNAVAILABLE'])
    expect(errors?.map(({ message }) => message)).toContain(
      'marketing.campaign_performance has no column "cost". Fields made from cost, costInCents, totalCost, overallCostPerClick, overallReturnOnAdSpend are off.',
    )
    const dear = await query('{ campaignPerformance(orderBy: { field: COST }) { nodes { id } } }')
    expect(dear.errors?.[0]?.extensions.code).toBe('TABLE_UNAVAILABLE')
    const tiers = await query('{ campaignTotals(groupBy: TIER) { rows } }')
    expect(tiers.errors?.[0]?.extensions.code).toBe('TABLE_UNAVAILABLE')
  })

  it('that names the campaign or the week leaves totals as they are', async () => {
    const { query } = await startWith(`${TABLE} drop column campaign_id, drop column week_start`)
    const { data, errors } = await query(
      '{ campaignTotals(groupBy: REGION) { region clicks } campaignPerformance(first: 1, orderBy: { field: CLICKS }) { nodes { clicks weekStart campaign { name } } } }',
    )
    expect(data.campaignTotals).toHaveLength(4)
    expect(data.campaignPerformance.nodes).toEqual([{ clicks: expect.any(Number), weekStart: null, campaign: null }])
    expect(errors).toHaveLength(2)
    const refused = await query('{ campaigns { nodes { name } } }')
    expect(refused.errors?.[0]?.message).toContain('has no column "campaign_id"')
  })

  it('with other letters’ case, or of another numeric type, is read all the same', async () => {
    const { query } = await startWith(
      `drop index marketing.campaigns_by_cost; drop index marketing.campaigns_by_revenue; drop index marketing.campaigns_by_clicks;
       ${TABLE} rename "CTR" to ctr; ${TABLE} rename "target_CR" to "TARGET_cr"; ${TABLE} rename week_start to "Week_Start";
       ${TABLE} alter cost type numeric(12, 4), alter revenue type double precision, alter budget type bigint, alter clicks type numeric, alter impressions type bigint`,
    )
    const { data, errors } =
      await query(`{ campaignTotals { clicks impressions cost revenue budget clickThroughRate costPerClick returnOnAdSpend }
      campaignPerformance(first: 3, orderBy: { field: COST }) { nodes { cost budget clicks clickThroughRate targetConversionRate weekStart } pageInfo { endCursor } } }`)
    expect(errors).toBeUndefined()
    expect(data.campaignTotals[0]).toMatchObject({
      cost: expect.stringMatching(/\.\d\d$/),
      budget: expect.stringMatching(/\.\d\d$/),
      clickThroughRate: expect.any(Number),
    })
    const next = await query(
      'query ($c: String) { campaignPerformance(first: 3, after: $c, orderBy: { field: COST }) { nodes { cost } } }',
      { c: data.campaignPerformance.pageInfo.endCursor },
    )
    expect(next.data.campaignPerformance.nodes).toHaveLength(3)
  })
})

describe('of campaign performance, a table', () => {
  it('that is empty is empty, and trips don’t mind', async () => {
    const { query } = await startWith('delete from marketing.campaign_performance')
    const { data, errors } =
      await query(`{ campaigns { nodes { name } pageInfo { hasNextPage } } campaign(id: "cmp_1") { name }
      campaignPerformance { nodes { id } } campaignTotals { rows cost } none: campaignTotals(groupBy: TIER) { rows } trips(first: 1) { nodes { id } } }`)
    expect(errors).toBeUndefined()
    expect(data).toMatchObject({
      campaigns: { nodes: [], pageInfo: { hasNextPage: false } },
      campaign: null,
      campaignPerformance: { nodes: [] },
      campaignTotals: [{ rows: 0, cost: null }],
      none: [],
      trips: { nodes: [expect.anything()] },
    })
  })

  it('that is missing turns off its fields alone', async () => {
    const { query } = await startWith('drop table marketing.campaign_performance')
    const { data, errors } = await query('{ campaign(id: "cmp_1") { name } trip(id: "1") { id } }')
    expect(data).toEqual({ campaign: null, trip: { id: expect.any(String) } })
    expect(errors?.[0]?.extensions.code).toBe('TABLE_UNAVAILABLE')
  })

  it('with values that the schema can’t express says so, once for each column', async () => {
    const { query } = await startWith(
      `update marketing.campaign_performance set week_start = 'last week', platform_ratios = '[1]' where primary_key < 10`,
    )
    const { data, errors } = await query(
      '{ campaignPerformance(first: 5) { nodes { weekStart platformRatios { platform } cost } } }',
    )
    expect(data.campaignPerformance.nodes[0]).toEqual({
      weekStart: null,
      platformRatios: null,
      cost: expect.any(String),
    })
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UNREPRESENTABLE_VALUE', 'UNREPRESENTABLE_VALUE'])
  })
})

describe('of campaigns, an argument', () => {
  const many = (count: number): string => JSON.stringify(Array.from({ length: count }, (_, index) => `x${index}`))

  it('out of bounds, or of another kind, is refused by its name', async () => {
    app = await startTestApp()
    const running = app
    const refused = async (document: string, argument?: string, code = 'BAD_USER_INPUT'): Promise<void> =>
      expectRefused(running, await running.query(document), code, argument)
    await refused('{ campaigns(first: 501) { nodes { id } } }', 'first')
    await refused('{ campaigns(last: -1) { nodes { id } } }', 'last')
    await refused(`{ campaigns(filter: { tier: ${many(101)} }) { nodes { id } } }`, 'filter.tier')
    await refused('{ campaigns(after: "x") { nodes { id } } }', 'after')
    await refused('{ campaign(id: "") { id } }', 'id')
    await refused(`{ campaign(id: "${'x'.repeat(301)}") { id } }`, 'id')
    await refused('{ campaign(id: "VHJpcDox") { id } }', 'id')
    await refused('{ campaign(id: "cmp\\u0000") { id } }', 'value')
    await refused('{ campaignTotals(first: 5001) { rows } }', 'first')
    await refused('{ campaignTotals(first: -1) { rows } }', 'first')
    await refused(`{ campaignTotals(filter: { region: ${many(101)} }) { rows } }`, 'filter.region')
    await refused('{ campaignTotals(groupBy: COLOUR) { rows } }', undefined, 'GRAPHQL_VALIDATION_FAILED')
    await refused('{ campaignTotals(filter: { weekStart: { from: "now" } }) { rows } }')
    await refused('{ campaignTotals(filter: { weekStart: { from: "2025-02-30" } }) { rows } }')
    await refused(`{ campaignPerformance(filter: { campaign: ${many(101)} }) { nodes { id } } }`, 'filter.campaign')
    await refused(
      '{ campaigns(first: 500) { nodes { performance(first: 500) { nodes { id } } } } }',
      undefined,
      'OPERATION_LIMIT_EXCEEDED',
    )
  })
  it('within a campaign is refused too, once the campaign is found', async () => {
    app = await startTestApp()
    for (const [field, argument] of [
      ['trend(weeks: 501) { rows }', 'weeks'],
      ['trend(weeks: -1) { rows }', 'weeks'],
      ['performance(first: 501) { nodes { id } }', 'first'],
      [`performance(filter: { adType: ${many(101)} }) { nodes { id } }`, 'filter.adType'],
    ]) {
      const { data, errors } = await app.query(`{ campaign(id: "cmp_1") { name ${field} } }`)
      expect(data).toEqual({ campaign: null })
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument })
    }
  })
})
