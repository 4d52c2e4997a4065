import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { GraphQLAnswer } from './support/post.ts'
import { expectRefused as expectRefusedBy } from './support/refused.ts'
import { startTestApp, type TestApp } from './support/test-app.ts'

let app: TestApp
let cursor: string
beforeAll(async () => {
  app = await startTestApp()
  const { data } = await app.query('{ trips(first: 1) { pageInfo { endCursor } } }')
  cursor = data.trips.pageInfo.endCursor
})
beforeEach(() => {
  app.statements()
})
afterAll(() => app.close())

const expectRefused = (answer: GraphQLAnswer, code: string, argument?: string): void =>
  expectRefusedBy(app, answer, code, argument)
const trips = (args: string) => app.query(`{ trips(${args}) { nodes { id } } }`)

describe('a page', () => {
  it.each([
    ['first: -1', 'first'],
    ['first: 100000', 'first'],
    ['first: 501', 'first'],
    ['last: -5', 'last'],
    ['first: 1, last: 1', 'last'],
    ['first: 1, before: "x"', 'before'],
    ['last: 1, after: "x"', 'after'],
    ['after: "x"', 'after'],
    ['after: ""', 'after'],
    ['after: "ü"', 'after'],
    ['last: 1, before: "AAAAAAAAAAAAAAAAAAAAAAAAAAAA"', 'before'],
    [`after: "${'A'.repeat(5_000)}"`, 'after'],
  ])('with %s is refused and says which argument is wrong', async (args, argument) => {
    expectRefused(await trips(args), 'BAD_USER_INPUT', argument)
  })

  it('with a cursor of another order is refused', async () => {
    expectRefused(await trips(`after: "${cursor}", orderBy: { field: FARE }`), 'BAD_USER_INPUT', 'after')
  })

  it('with a cursor of another direction is refused', async () => {
    expectRefused(
      await trips(`after: "${cursor}", orderBy: { field: PICKUP_AT, direction: ASC }`),
      'BAD_USER_INPUT',
      'after',
    )
  })

  it('with a cursor of another filter is refused', async () => {
    expectRefused(await trips(`after: "${cursor}", filter: { pickupZip: "10001" }`), 'BAD_USER_INPUT', 'after')
  })

  it('with a cursor altered in any one place is refused', async () => {
    for (let at = 0; at < cursor.length; at++) {
      const altered = cursor.slice(0, at) + (cursor[at] === 'A' ? 'B' : 'A') + cursor.slice(at + 1)
      expectRefused(await trips(`after: "${altered}"`), 'BAD_USER_INPUT', 'after')
    }
  })

  it('with an unknown order is refused', async () => {
    expectRefused(await trips('orderBy: { field: COLOUR }'), 'GRAPHQL_VALIDATION_FAILED')
    expectRefused(await trips('orderBy: { field: FARE, direction: SIDEWAYS }'), 'GRAPHQL_VALIDATION_FAILED')
  })
})

describe('a filter', () => {
  it.each([
    'now',
    'infinity',
    '-infinity',
    'today',
    'epoch',
    'allballs',
    '2016-02-30T00:00:00Z',
    '2016-01-01',
    '0000-01-01T00:00:00Z',
    '10000-01-01T00:00:00Z',
    '2016-01-01T25:00:00Z',
    '294277-01-01T00:00:00Z',
    "2016-01-01T00:00:00Z'; drop table x; --",
    '\0',
    '\ud800',
  ])('with the moment %j is refused', async (from) => {
    const document = 'query ($from: DateTime) { trips(filter: { pickupAt: { from: $from } }) { nodes { id } } }'
    expectRefused(await app.query(document, { from }), 'BAD_USER_INPUT')
    if (/^[\w:-]+$/.test(from)) {
      expectRefused(await trips(`filter: { pickupAt: { from: "${from}" } }`), 'BAD_USER_INPUT')
    }
  })

  it('with a wrong value says where it stands, in a variable as in the text', async () => {
    const argumentOf = async (document: string, variables?: object) =>
      (await app.query(document, variables)).errors?.[0]?.extensions.argument
    const page = '{ trips(filter: $f) { nodes { id } } }'
    expect(await argumentOf(`query ($f: TripFilter) ${page}`, { f: { pickupAt: { until: '2016-02-01' } } })).toBe(
      'f.pickupAt.until',
    )
    expect(await argumentOf(`query ($f: TripFilter) ${page}`, { f: { fare: { min: 'x' } } })).toBe('f.fare.min')
    expect(await argumentOf(`query ($f: TripFilter!) ${page}`)).toBe('f')
    expect(await argumentOf('{ trips(filter: { pickupAt: { from: "2016-02-01" } }) { nodes { id } } }')).toBe('from')
    expect(await argumentOf('{ trips(first: "x") { nodes { id } } }')).toBe('first')
    expect(await argumentOf('{ trips(orderBy: { field: COLOUR }) { nodes { id } } }')).toBe('field')
  })

  it('takes any offset and microseconds', async () => {
    const { errors } = await trips(
      'filter: { pickupAt: { from: "2016-01-01T00:00:00.123456+23:59", until: "2016-02-29t00:00:00z" } }',
    )
    expect(errors).toBeUndefined()
  })

  it.each(['1001', '100011', 'abcde', '١٢٣٤٥', '1000\0', "10001' or true --", '\ud800'])(
    'with the zip code %j is refused',
    async (zip) => {
      const document = 'query ($zip: String) { trips(filter: { pickupZip: $zip }) { nodes { id } } }'
      expectRefused(await app.query(document, { zip }), 'BAD_USER_INPUT', 'filter.pickupZip')
    },
  )

  it.each([true, '5', [5], { a: 1 }, Number.MAX_VALUE * 2])('with %j for a number is refused', async (min) => {
    const document = 'query ($min: Float) { trips(filter: { fare: { min: $min } }) { nodes { id } } }'
    const answer = await app.query(document, { min })
    if (min === Number.POSITIVE_INFINITY)
      expect(answer.errors).toBeUndefined() // JSON has written null
    else expectRefused(answer, 'BAD_USER_INPUT')
  })

  it('with its ends the wrong way round has an empty page', async () => {
    const { data } = await trips('filter: { fare: { min: 10, max: 5 } }')
    expect(data.trips.nodes).toEqual([])
  })

  it('with numbers at the edge of what Float can hold has an answer', async () => {
    const { errors, data } = await trips('filter: { fare: { min: -1.7976931348623157e308, max: 1e999 } }')
    expect(errors).toBeUndefined()
    expect(data.trips.nodes).toHaveLength(20)
  })

  it('with unknown conditions, or the same one twice, is refused', async () => {
    expectRefused(await trips('filter: { colour: "red" }'), 'GRAPHQL_VALIDATION_FAILED')
    expectRefused(await trips('filter: { pickupZip: "10001", pickupZip: "10002" }'), 'GRAPHQL_VALIDATION_FAILED')
  })
})

describe('an id', () => {
  const encode = (text: string) => Buffer.from(text).toString('base64url')

  it.each([
    '',
    'x',
    '--1',
    '-0',
    '1.5',
    '1e3',
    '9223372036854775808',
    '00017',
    '0x11',
    '\0',
    '１７',
    encode('Trip:'),
    encode('Trip:x'),
    encode('Trip:-01'),
    encode('Trip:9223372036854775808'),
    encode('Trip:017'),
    encode('Spaceship:1'),
    encode('__proto__:1'),
    `${encode('Trip:17')}=`,
    'A'.repeat(100_000),
  ])('that is %j is refused', async (id) => {
    expectRefused(await app.query('query ($id: ID!) { trip(id: $id) { id } }', { id }), 'BAD_USER_INPUT', 'id')
  })

  it.each([
    '17',
    encode('Spaceship:1'),
    encode('Query:1'),
    encode('TripStats:1'),
    encode('constructor:1'),
    encode('Trip:x'),
    'x',
  ])('that is %j is refused by node', async (id) => {
    expectRefused(await app.query('query ($id: ID!) { node(id: $id) { id } }', { id }), 'BAD_USER_INPUT')
  })

  it('that nothing has is null', async () => {
    const { data, errors } = await app.query('{ trip(id: "9223372036854775807") { id } }')
    expect([data, errors]).toEqual([{ trip: null }, undefined])
  })
})

describe('groups', () => {
  it.each([-1, 501, 2_000_000_000])('%i of them are refused', async (first) => {
    const answer = await app.query(`{ tripStats { byDay(first: ${first}) { day } } }`)
    expectRefused(answer, first > 100_000 ? 'OPERATION_LIMIT_EXCEEDED' : 'BAD_USER_INPUT')
  })
})
