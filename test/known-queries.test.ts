import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSchema, domains } from '../src/domains/index.ts'
import { randomDocuments, VARIABLES } from './support/random-documents.ts'
import { startTestApp, type TestApp } from './support/test-app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ environment: { CACHE: 'off' } })
})
afterAll(() => app.close())

/** The first time a query goes Yoga's way, then a shorter one. */
const TIMES = 3

async function ask(query: string, variables: object = {}) {
  const answer = await fetch(`${app.url}/api/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = await answer.json()
  // Errors of fields that are resolved together come in any order.
  const told = errors?.map(
    ({ extensions: { requestId, ...rest }, ...error }: { extensions: { requestId: string } }) => {
      expect(requestId).toBe(answer.headers.get('x-request-id'))
      return JSON.stringify({ ...error, ...rest })
    },
  )
  return { status: answer.status, data, errors: told?.toSorted() }
}

async function expectSame(query: string, variables?: object): Promise<{ errors: boolean }> {
  const first = await ask(query, variables)
  for (let time = 2; time < TIMES; time++) await ask(query, variables)
  const again = await ask(query, variables)
  // Once nothing is left of the data, the answer doesn't wait for the errors of the rest.
  if (first.data === null) {
    expect(again, query).toMatchObject({
      status: first.status,
      data: null,
      errors: [expect.any(String), ...(again.errors ?? []).slice(1)],
    })
  } else expect(again, query).toEqual(first)
  return { errors: first.errors !== undefined }
}

async function expectAllSame(seed: number, count: number): Promise<void> {
  let failed = 0
  for (const document of randomDocuments(createSchema(domains), seed, count)) {
    if ((await expectSame(document, VARIABLES)).errors) failed++
  }
  // Answers with errors and without are both compared, and many of each.
  expect(failed).toBeGreaterThan(count / 20)
  expect(failed).toBeLessThan((count * 19) / 20)
}

describe('a query that is known answers what it answered the first time', () => {
  it('for random documents', () => expectAllSame(1, 90), 60_000)

  it('for random documents on tables that lack columns', async () => {
    await app.sql((client) =>
      client.query(
        'alter table taxi.trips_synced drop fare_amount; alter table marketing.campaign_performance drop cost',
      ),
    )
    await expectAllSame(1_000, 60)
  }, 60_000)

  it('for wrong variables, and each operation of a document by its name', async () => {
    const byId = 'query ($id: ID!, $n: Int) { trip(id: $id) { tripId } trips(first: $n) { nodes { tripId } } }'
    for (const variables of [
      {},
      { id: null },
      { id: 1, n: 'x' },
      { id: {}, n: 1 },
      { id: '1', n: 2 ** 40 },
      { id: '2', n: 1 },
    ]) {
      await expectSame(byId, variables)
    }
    const filtered =
      'query ($f: TripFilter!, $o: TripOrder, $g: [CampaignDimension!]) { trips(filter: $f, orderBy: $o, first: 1) { nodes { fare } } campaignTotals(groupBy: $g, first: 1) { rows } }'
    for (const variables of [
      { f: null },
      { f: { pickupZip: 1 } },
      { f: { colour: 'red' } },
      { f: { fare: { min: 'x', max: [] } } },
      { f: { pickupAt: { from: 'now' } } },
      { f: {}, o: { field: 'FARE', direction: 'SIDEWAYS' } },
      { f: {}, o: {} },
      { f: {}, g: ['TIER', 'COLOUR', null] },
      { f: {}, g: 'TIER' },
      { f: [] },
    ]) {
      await expectSame(filtered, variables)
    }
    const two = 'query A { trip(id: "1") { tripId } } query B { trip(id: "2") { tripId } }'
    const named = async (operationName: string) => {
      const answer = await fetch(`${app.url}/api/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: two, operationName }),
      })
      return (await answer.json()).data?.trip.tripId
    }
    for (let time = 0; time < TIMES; time++) {
      expect([await named('A'), await named('B'), await named('C')]).toEqual(['1', '2', undefined])
    }
  })

  it('for documents that were written to make it differ, and none of their text is ever run', async () => {
    const documents: readonly (readonly [string, object?])[] = [
      [
        'query ($o: CampaignPerformanceOrder) { campaignPerformance(first: 1, orderBy: $o) { nodes { cost } } }',
        { o: { field: 'COST' } },
      ],
      [
        'query ($d: OrderDirection) { campaignPerformance(first: 1, orderBy: { field: COST, direction: $d }) { nodes { cost } } }',
      ],
      [
        '{ c: campaign(id: "cmp_1") { performance(first: 1) { nodes { clicks cost } } } performance_c: campaigns(first: 1) { nodes { tier } } }',
      ],
      [
        'query ($a: Boolean!) { campaigns(first: 1) { nodes { ...F @include(if: $a) ...F } } } fragment F on Campaign { name }',
        { a: false },
      ],
      ['{ __proto__: __typename trips(first: 1) { pageInfo { __proto__: hasNextPage constructor: endCursor } } }'],
      ['query ($toString: String) { campaigns(first: 1, filter: { name: $toString }) { nodes { name } } }'],
      [
        '{ campaigns(first: 1, filter: { name: "__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74dglobalThis.ran = 1" }) { nodes { name } } }',
      ],
      [
        'query ($f: CampaignPerformanceFilter) { campaignPerformance(first: 1, filter: $f) { nodes { cost } } }',
        { f: [] },
      ],
    ]
    for (const [document, variables] of documents) await expectSame(document, variables)
    expect('ran' in globalThis).toBe(false)
  })

  it('for a name of no operation, whether or not others have asked the same text by a right one', async () => {
    const named = async (query: string, operationName: string | null) => {
      const answer = await fetch(`${app.url}/api/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, operationName }),
      })
      const { errors } = await answer.json()
      return [answer.status, errors?.[0]?.message]
    }
    const wrong: readonly (readonly [string, string | null, string | null])[] = [
      ['query A { here: __typename }', 'B', 'A'],
      ['{ nameless: __typename }', 'B', null],
      ['{ empty: __typename }', '', null],
      ['query A { a: __typename } query B { b: __typename }', null, 'A'],
    ]
    for (const [query, name, right] of wrong) {
      const before = await named(query, name)
      for (let time = 0; time < TIMES; time++) expect(await named(query, right)).toEqual([200, undefined])
      expect(before[1]).toBeTypeOf('string')
      expect(await named(query, name), query).toEqual(before)
    }
  })

  it('and nested fragments by the hundred are refused or answered at once, each time', async () => {
    const spreads = (of: number): string => `...F${of} `.repeat(220)
    const levels = [3, 2, 1].map((at) => `fragment F${at} on CampaignConnection { ${spreads(at - 1)} }`)
    const document = `{ campaigns(first: 0) { ...F3 } } ${levels.join(' ')} fragment F0 on CampaignConnection { __typename }`
    for (let time = 0; time < 6; time++) {
      const began = performance.now()
      await ask(document)
      expect(performance.now() - began).toBeLessThan(1_000)
    }
  })
})
