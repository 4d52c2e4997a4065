import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts'
import { walk } from '../../../test/support/walk.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ environment: { CACHE: 'off' } })
  await app.sql(async (client) => {
    await client.query('delete from taxi.trips_synced where id > 150')
    // Ties by the dozen, NULL in every column, NaN, both infinities, and moments between two milliseconds.
    await client.query(
      `insert into taxi.trips_synced
       select 30000 + n, case when n % 5 > 0 then timestamptz '2016-01-01 00:00:00.000001Z' + n / 9 * interval '1 us' end,
              case when n % 7 > 0 then timestamptz '2016-01-01 01:00:00Z' end,
              (array[null, 'NaN', 'Infinity', '-Infinity', 0, -0.0, 1e-7, 0.1, 1e300])[n % 9 + 1]::float8,
              (array[null, 'NaN', 12.5])[n % 3 + 1]::float8, case when n % 2 = 0 then 10001 end, 10002
         from generate_series(1, 150) n`,
    )
  })
})
afterAll(() => app.close())

const COLUMN = {
  PICKUP_AT: 'tpep_pickup_datetime',
  FARE: 'fare_amount',
  DISTANCE: 'trip_distance',
  DURATION: 'tpep_dropoff_datetime - tpep_pickup_datetime',
} as const
const ORDERS = Object.keys(COLUMN).flatMap((field) => ['ASC', 'DESC'].map((direction) => [field, direction] as const))

const orderBy = (field: string, direction: string) => `orderBy: { field: ${field}, direction: ${direction} }`

describe.each(ORDERS)('pages by %s %s', (field, direction) => {
  it.each(['forwards', 'backwards'] as const)('meet each row once, in Postgres’ order, %s', async (way) => {
    const column = COLUMN[field as keyof typeof COLUMN]
    const { rows } = await app.sql((client) =>
      client.query(`select id::text as key from taxi.trips_synced order by ${column} ${direction}, id ${direction}`),
    )
    const expected = rows.map(({ key }) => key)
    expect(expected).toHaveLength(300)
    const args = orderBy(field, direction)
    expect(await walk(app, { field: 'trips', args, key: 'tripId', way, size: 17 })).toEqual(expected)
  })
})

describe('pages', () => {
  it('of one row meet each row of a filtered list once, both ways', async () => {
    const args = `filter: { pickupZip: "10001" }, ${orderBy('FARE', 'DESC')}`
    const { rows } = await app.sql((client) =>
      client.query(
        'select id::text as key from taxi.trips_synced where pickup_zip = 10001 order by fare_amount desc, id desc',
      ),
    )
    const expected = rows.map(({ key }) => key)
    for (const way of ['forwards', 'backwards'] as const) {
      expect(await walk(app, { field: 'trips', args, key: 'tripId', way, size: 1 })).toEqual(expected)
    }
  })

  it('show NULL, NaN and infinity as null, and microseconds as they are', async () => {
    const { data } = await app.query(
      '{ nodes(ids: ["VHJpcDozMDAwMQ", "VHJpcDozMDAwMg"]) { ... on Trip { pickupAt distance fare durationSeconds } } }',
    )
    expect(data.nodes[0]).toMatchObject({ pickupAt: '2016-01-01T00:00:00.000001Z', distance: null, fare: null })
    expect(data.nodes[1]).toMatchObject({ distance: null, fare: 12.5, durationSeconds: 3599.999999 })
  })

  it('and sums work beside moments that lie at infinity, fares that don’t add up, and keys below zero', async () => {
    await app.sql((client) =>
      client.query(`insert into taxi.trips_synced values (-5, 'infinity', 'infinity', 1, 1e308, 77777, 1),
        (-6, '-infinity', '-infinity', 1, 1e308, 77777, 1), (-7, '0044-03-15 12:00:00 BC', now(), 1, 2, 77777, 1)`),
    )
    const { data, errors } =
      await app.query(`{ trips(filter: { pickupZip: "77777" }, ${orderBy('DURATION', 'ASC')}) { nodes { id tripId durationSeconds pickupAt } }
      tripStats(filter: { pickupZip: "77777" }) { count totalFare byDay { day count } } }`)
    expect(data.trips.nodes).toHaveLength(3)
    expect(data.tripStats.count).toBe(3)
    expect(data.tripStats.totalFare).toBe(2)
    expect([...new Set(errors?.map(({ extensions }) => extensions.code))]).toEqual(['UNREPRESENTABLE_VALUE'])
    const again = await app.query(
      'query ($id: ID!) { node(id: $id) { ... on Trip { tripId } } trip(id: "-5") { tripId } }',
      {
        id: data.trips.nodes.find(({ tripId }: { tripId: string }) => tripId === '-5').id,
      },
    )
    expect(again.data).toEqual({ node: { tripId: '-5' }, trip: { tripId: '-5' } })
    await app.sql((client) => client.query('delete from taxi.trips_synced where id < 0'))
  })

  it('beyond the end are empty', async () => {
    const { data } = await app.query(
      'query { trips(first: 5, filter: { fare: { min: 1e7 } }) { nodes { id } pageInfo { hasNextPage startCursor endCursor } } }',
    )
    expect(data.trips).toEqual({ nodes: [], pageInfo: { hasNextPage: false, startCursor: null, endCursor: null } })
    const { data: last } = await app.query('{ trips(last: 1) { pageInfo { endCursor } } }')
    const { data: after } = await app.query('query ($c: String) { trips(after: $c) { nodes { id } } }', {
      c: last.trips.pageInfo.endCursor,
    })
    expect(after.trips.nodes).toEqual([])
  })

  it('of size 0 are empty and still know whether there is more', async () => {
    const { data } = await app.query('{ trips(first: 0) { nodes { id } pageInfo { hasNextPage } } }')
    expect(data.trips).toEqual({ nodes: [], pageInfo: { hasNextPage: true } })
  })
})
