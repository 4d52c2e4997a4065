import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts'
import { walk } from '../../../test/support/walk.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
  await app.sql(async (client) => {
    await client.query('delete from marketing.campaign_performance where primary_key > 100')
    // Ties by the dozen, NULL in every column but the key, NaN, both infinities, halves of cents, and more than cents.
    await client.query(
      `insert into marketing.campaign_performance (primary_key, campaign_id, week_start, performance_tier, impressions, clicks, conversions, cost, revenue, "CTR")
       select 9000000000 + n, case when n % 7 > 0 then 'odd_' || n % 3 end, case when n % 5 > 0 then '2025-12-0' || n % 4 + 1 end,
              case when n % 3 > 0 then 'Odd' end, nullif(n % 6, 5) * 1000, nullif(n % 4, 3), null,
              (array[null, 'NaN', 'Infinity', '-Infinity', 0, -0.0, 0.125, -0.125, 0.375, 16777216, 131071.99, 1e-30, 2.675])[n % 13 + 1]::real,
              (array[1e14, 3.4e38, 0.005, 0.015, 99999.995])[n % 5 + 1]::real,
              (array[null, 'NaN', 0.1])[n % 3 + 1]::real
         from generate_series(1, 200) n`,
    )
  })
})
afterAll(() => app.close())

const ORDERS = {
  WEEK_START: 'week_start',
  IMPRESSIONS: 'impressions',
  CONVERSIONS: 'conversions',
  CLICK_THROUGH_RATE: '"CTR"',
  COST: 'cost',
  REVENUE: 'revenue',
}
const CASES = Object.entries(ORDERS).flatMap(([field, column]) =>
  (['ASC', 'DESC'] as const).map((direction) => [field, direction, column] as const),
)

describe.each(CASES)('pages by %s %s', (field, direction, column) => {
  it.each(['forwards', 'backwards'] as const)('meet each row once, in Postgres’ order, %s', async (way) => {
    const { rows } = await app.sql((client) =>
      client.query(
        `select primary_key::text as key from marketing.campaign_performance order by ${column} ${direction}, primary_key ${direction}`,
      ),
    )
    const ids = rows.map(({ key }) => Buffer.from(`CampaignPerformance:${key}`).toString('base64url'))
    expect(ids.length).toBeGreaterThan(200)
    const args = `orderBy: { field: ${field}, direction: ${direction} }`
    expect(await walk(app, { field: 'campaignPerformance', args, key: 'id', way, size: 17 })).toEqual(ids)
  })
})

describe('pages of campaigns', () => {
  it.each([
    ['forwards', 'ASC'],
    ['backwards', 'ASC'],
    ['forwards', 'DESC'],
    ['backwards', 'DESC'],
  ] as const)('meet each once, %s %s', async (way, direction) => {
    const { rows } = await app.sql((client) =>
      client.query(
        `select distinct campaign_id as name from marketing.campaign_performance where campaign_id is not null order by 1 ${direction}`,
      ),
    )
    const args = `orderBy: { field: NAME, direction: ${direction} }`
    const found = await walk(app, { field: 'campaigns', args, key: 'name', way, size: 7 })
    expect(found).toEqual(rows.map(({ name }) => name))
  })
})

describe('a campaign’s own pages', () => {
  it('go on from their cursors, and a cursor of one campaign is refused by another', async () => {
    const page = (name: string, after: string | null) =>
      app.query(
        `query ($name: ID!, $after: String) { campaign(id: $name) { performance(first: 9, after: $after, orderBy: { field: COST, direction: ASC }) {
           nodes { id } pageInfo { endCursor hasNextPage } } } }`,
        { name, after },
      )
    const found: string[] = []
    let after: string | null = null
    do {
      const { data } = await page('odd_1', after)
      const { nodes, pageInfo } = data.campaign.performance
      found.push(...nodes.map(({ id }: { id: string }) => id))
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null
    } while (after !== null && found.length < 500)
    const { rows } = await app.sql((client) =>
      client.query(
        `select primary_key::text as key from marketing.campaign_performance where campaign_id = 'odd_1' order by cost, primary_key`,
      ),
    )
    expect(found).toEqual(rows.map(({ key }) => Buffer.from(`CampaignPerformance:${key}`).toString('base64url')))
    const { data } = await page('odd_1', null)
    const refused = await page('odd_2', data.campaign.performance.pageInfo.endCursor)
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'after' })
  })

  it('of one campaign never have rows of another, however many are asked for at once', async () => {
    const { data } = await app.query(
      `{ campaigns(first: 500) { nodes { name performance(first: 3) { nodes { campaign { name } } } totals { campaign { name } } trend { rows campaign { name } } } } }`,
    )
    for (const { name, performance, totals, trend } of data.campaigns.nodes) {
      const names = [...performance.nodes, totals, ...trend].map(({ campaign }) => campaign.name)
      expect([...new Set(names)]).toEqual([name])
    }
  })
})

describe('sums', () => {
  it('of odd amounts are those of rounded numerics, without what is no number', async () => {
    const { data, errors } = await app.query(
      '{ campaignTotals(groupBy: [TIER, WEEK_START]) { tier weekStart rows cost revenue clicks clickThroughRate } }',
    )
    expect(errors).toBeUndefined()
    const { rows } = await app.sql((client) =>
      client.query(
        `with finite as (
           select performance_tier as tier, week_start as week, clicks, impressions,
                  case when cost between -1e15 and 1e15 then round(cost::float8::numeric, 2) end as cost,
                  case when revenue between -1e15 and 1e15 then round(revenue::float8::numeric, 2) end as revenue
             from marketing.campaign_performance)
         select tier, week as "weekStart", count(*)::int as rows, sum(cost)::text as cost, sum(revenue)::text as revenue, sum(clicks)::int as clicks,
                sum(clicks) / nullif(sum(impressions), 0)::float8 as "clickThroughRate"
           from finite group by 1, 2 order by 1, 2`,
      ),
    )
    expect(rows.length).toBeGreaterThan(6)
    expect(data.campaignTotals).toEqual(rows)
  })

  it('of halves of a cent round each half away from zero, as numeric does', async () => {
    const { rows } = await app.sql((client) =>
      client.query(
        `select x::text as amount, round(x::float8::numeric, 2)::text as slow, (trunc(x::float8 * 100 + sign(x) * 0.5)::bigint * 0.01)::text as fast
           from (select (n / 8.0)::real as x from generate_series(-40, 40) n
                 union all select (random() * 10 ^ (n % 14))::real from generate_series(1, 20000) n
                 union all select -(n * 0.005)::real from generate_series(1, 20000) n) as amounts (x)`,
      ),
    )
    expect(rows.filter(({ slow, fast }) => slow !== fast)).toEqual([])
  })

  it('show NaN and infinity of one row as null', async () => {
    const { data, errors } = await app.query(
      '{ campaignPerformance(first: 60, orderBy: { field: COST }) { nodes { cost } } }',
    )
    expect(errors).toBeUndefined()
    expect(data.campaignPerformance.nodes.map(({ cost }: { cost: string | null }) => cost)).toContain(null)
    expect(JSON.stringify(data)).not.toMatch(/NaN|Infinity/)
  })
})
