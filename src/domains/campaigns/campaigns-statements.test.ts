import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ environment: { CACHE: 'off' } })
})
afterAll(() => app.close())

async function sent(document: string): Promise<string[]> {
  app.statements()
  const { errors } = await app.query(document)
  expect(errors).toBeUndefined()
  return app.statements().sort()
}

describe('one statement for each level', () => {
  it.each([5, 50, 500])('of %i campaigns with their rows, totals and trends', async (first) => {
    const document = `{ campaigns(first: ${first}) { nodes { name tier performance(first: 10) { nodes { weekStart clicks cost } }
       totals { clicks cost clickThroughRate } trend { weekStart cost } } } }`
    expect(await sent(document)).toEqual([
      'campaigns.page',
      'campaigns.performanceOfEach',
      'campaigns.totals',
      'campaigns.totals',
    ])
  })

  it('of rows and the campaigns that they are of', async () => {
    expect(await sent('{ campaignPerformance(first: 200) { nodes { cost campaign { tier } } } }')).toEqual([
      'campaigns.byNames',
      'campaigns.performance',
    ])
  })

  it('of campaigns and rows by id, in whatever way they are asked for', async () => {
    const row = Buffer.from('CampaignPerformance:1').toString('base64url')
    const campaign = Buffer.from('Campaign:cmp_2').toString('base64url')
    const document = `{ a: campaign(id: "cmp_1") { name } b: campaign(id: "cmp_1") { tier }
       nodes(ids: ["${campaign}", "${row}"]) { ... on Campaign { tier } ... on CampaignPerformance { cost } } }`
    expect(await sent(document)).toEqual(['campaigns.byIds', 'campaigns.byNames'])
  })

  it('and another for other arguments', async () => {
    const document = `{ campaigns(first: 20) { nodes { a: performance(first: 2) { nodes { cost } } b: performance(first: 2) { nodes { cost } }
       c: performance(first: 2, orderBy: { field: COST }) { nodes { cost } } d: performance(first: 2, filter: { region: "NA" }) { nodes { cost } } } } }`
    expect((await sent(document)).filter((name) => name === 'campaigns.performanceOfEach')).toHaveLength(3)
  })
})
