import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectIndexOnly, explain, resolvedBy } from '../../../test/support/plans.ts'
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts'
import type { Page, Tables } from '../../db/index.ts'
import { campaignsPage, performanceOfCampaigns, performancePage } from './queries.ts'
import { campaigns, PERFORMANCE_ORDERS } from './table.ts'

let app: TestApp
let tables: Tables
beforeAll(async () => {
  app = await startTestApp()
  await app.sql((client) => client.query('vacuum analyze marketing.campaign_performance'))
  tables = await resolvedBy(app, campaigns)
})
afterAll(() => app.close())

const page = (parts: Partial<Page>): Page => ({ size: 20, backwards: false, from: undefined, ...parts })
const COLUMNS = ['campaign', 'clicks', 'costInCents']

describe.each(PERFORMANCE_ORDERS)('an unfiltered page of rows by %s', (field) => {
  it.each(['asc', 'desc'] as const)('reads its index and sorts nothing, %s', async (direction) => {
    const value = field === 'weekStart' ? '2025-09-01' : '17'
    for (const backwards of [false, true]) {
      for (const from of [undefined, { value, id: '1000' }, { value: null, id: '1000' }]) {
        const request = { filter: {}, order: { field, direction }, page: page({ backwards, from }), columns: COLUMNS }
        await expectIndexOnly(app, performancePage(tables, request))
      }
    }
  })
})

describe('a page of campaigns', () => {
  it('reads the index and stops when it is full', async () => {
    const columns = ['campaignTier']
    for (const direction of ['asc', 'desc'] as const) {
      for (const from of [undefined, { value: null, id: 'cmp_5' }]) {
        const statement = campaignsPage(tables, { filter: {}, direction, page: page({ from }), columns })
        await expectIndexOnly(app, statement)
        const plan = await app.sql(
          (client) => explain(client, 'analyze, buffers', statement, [...statement.values]),
          'app',
        )
        // 21 campaigns of 50 rows in an index of 300 blocks.
        expect(plan['Shared Hit Blocks']).toBeLessThan(60)
      }
    }
  })
})

it('a page of the rows of each campaign reads the index of each, and sorts nothing', async () => {
  const names = Array.from({ length: 50 }, (_, index) => `cmp_${index + 1}`)
  const order = { field: 'weekStart', direction: 'desc' } as const
  const request = { filter: {}, order, page: page({ size: 10 }), columns: COLUMNS }
  await expectIndexOnly(app, performanceOfCampaigns(tables, names, request))
})
