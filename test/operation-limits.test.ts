import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { GraphQLAnswer } from './support/post.ts'
import { expectRefused as expectRefusedBy } from './support/refused.ts'
import { startTestApp, type TestApp } from './support/test-app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
beforeEach(() => {
  app.statements()
})
afterAll(() => app.close())

const expectRefused = (answer: GraphQLAnswer, code: string): void => expectRefusedBy(app, answer, code)

describe('an operation', () => {
  const repeat = (count: number, text: (index: number) => string) =>
    Array.from({ length: count }, (_, n) => text(n)).join(' ')

  it.each([
    ['too many tokens', `{ trips { nodes { ${repeat(2_500, () => 'id')} } } }`],
    ['too long a text', `{ __typename } # ${'x'.repeat(40_000)}`],
    ['too many levels', `{ trips { edges { node { ${'... on Trip { '.repeat(12)} id ${'}'.repeat(12)} } } } }`],
    ['too many aliases', `{ ${repeat(31, (n) => `a${n}: __typename`)} }`],
    ['too many directives', `{ __typename ${repeat(25, () => '@include(if: true)')} }`],
    [
      'pages that are too large together',
      `{ ${repeat(25, (n) => `a${n}: trips(first: 500) { nodes { id fare distance pickupAt pickupZip dropoffZip dropoffAt } }`)} }`,
    ],
    [
      'too many ids',
      `{ nodes(ids: [${repeat(900, (n) => `"${Buffer.from(`Trip:${n}`).toString('base64url')}"`)}]) { ${repeat(25, (n) => `a${n}: id`)} ${repeat(100, () => 'id __typename')} } }`,
    ],
  ])('with %s is refused', async (_what, document) => {
    const answer = await app.query(document)
    expect(answer.errors?.[0]?.extensions.code).toMatch(/^(OPERATION_LIMIT_EXCEEDED|GRAPHQL_VALIDATION_FAILED)$/)
    expect(JSON.stringify(answer.errors).length).toBeLessThan(8_000)
    expect(app.statements()).toEqual([])
  })

  it('may have the largest page there is', async () => {
    const { errors } = await app.query(
      '{ trips(first: 500) { edges { cursor node { id fare distance pickupAt pickupZip dropoffZip dropoffAt } } } }',
    )
    expect(errors).toBeUndefined()
  })

  it('with thousands of errors is told the first few', async () => {
    const answer = await app.query(`{ ${repeat(900, (n) => `f${n}`)} }`)
    expectRefused(answer, 'GRAPHQL_VALIDATION_FAILED')
    expect(answer.errors?.length).toBeLessThanOrEqual(10)
  })

  it('with fragments in a circle, or an exponential number of them, is refused or answered at once', async () => {
    expectRefused(
      await app.query('{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }'),
      'GRAPHQL_VALIDATION_FAILED',
    )
    const bomb = repeat(40, (n) => `fragment f${n} on Query { ...f${n + 1} ...f${n + 1} }`)
    const began = performance.now()
    await app.query(`{ ...f0 } ${bomb} fragment f40 on Query { __typename }`)
    expect(performance.now() - began).toBeLessThan(2_000)
  })

  it('that is no GraphQL is refused', async () => {
    expectRefused(await app.query('{ trips'), 'GRAPHQL_PARSE_FAILED')
  })

  it('that introspects deeply is refused, as GraphiQL does is answered', async () => {
    const { getIntrospectionQuery } = await import('graphql')
    expect((await app.query(getIntrospectionQuery())).errors).toBeUndefined()
    const bomb = `{ __schema { types { ${'fields { type { '.repeat(6)} name ${'} }'.repeat(6)} } } }`
    expect((await app.query(bomb)).errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED')
  })
})

describe('variables', () => {
  it.each([
    ['a hundred thousand keys', Object.fromEntries(Array.from({ length: 90_000 }, (_, n) => [`k${n}`, 1]))],
    ['as many within one', { k: Object.fromEntries(Array.from({ length: 90_000 }, (_, n) => [`k${n}`, 1])) }],
    ['a hundred thousand elements', Array.from({ length: 100_000 }, () => 1)],
  ])('with %s are refused at once', async (_what, f) => {
    const began = performance.now()
    expectRefused(
      await app.query('query ($f: TripFilter) { trips(filter: $f) { nodes { id } } }', { f }),
      'OPERATION_LIMIT_EXCEEDED',
    )
    expect(performance.now() - began).toBeLessThan(1_000)
  })

  it('have the same bounds for a query that has come often, and is known', async () => {
    const query =
      'query ($f: CampaignPerformanceFilter, $n: Int) { campaignPerformance(filter: $f, first: $n) { nodes { id } } }'
    const ask = (region: string[], n: number) => app.query(query, { f: { region }, n })
    for (let time = 0; time < 6; time++) expect((await ask(['NA'], 1)).errors).toBeUndefined()
    app.statements()
    expectRefused(await ask(Array(5_000).fill('NA'), 1), 'OPERATION_LIMIT_EXCEEDED')
    expectRefused(await ask(Array(101).fill('NA'), 1), 'BAD_USER_INPUT')
    expectRefused(await ask(['NA'], 501), 'BAD_USER_INPUT')
    const nested = 'query ($n: Int) { campaigns(first: $n) { nodes { performance(first: $n) { nodes { id } } } } }'
    for (let time = 0; time < 6; time++) expect((await app.query(nested, { n: 2 })).errors).toBeUndefined()
    app.statements()
    expectRefused(await app.query(nested, { n: 500 }), 'OPERATION_LIMIT_EXCEEDED')
  })

  it('of a wrong type and nearly 1 MB have a small error, quickly', async () => {
    const began = performance.now()
    const answer = await app.query('query ($n: Int) { trips(first: $n) { nodes { id } } }', { n: 'x'.repeat(900_000) })
    expectRefused(answer, 'BAD_USER_INPUT')
    expect(performance.now() - began).toBeLessThan(1_000)
  })

  it('with prototype keys change nothing', async () => {
    const body =
      '{"query":"query ($__proto__: Int) { trips(first: $__proto__) { nodes { id } } }","variables":{"__proto__":{"first":1},"constructor":{"prototype":{"x":1}}}}'
    const answer = await fetch(`${app.url}/api/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    expect(answer.status).toBeLessThan(500)
    expect(({} as { x?: unknown; first?: unknown }).x).toBeUndefined()
  })

  it('nested ten thousand deep are refused or ignored, and the app lives', async () => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`
    const body = `{"query":"query ($n: Int) { trips(first: $n) { nodes { id } } }","variables":{"n":${deep}}}`
    const answer = await fetch(`${app.url}/api/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    expect(answer.status).toBeLessThan(500)
    expect((await answer.text()).length).toBeLessThan(8_000)
  })
})
