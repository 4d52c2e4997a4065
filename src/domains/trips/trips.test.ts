import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

const rows = async (text: string) => (await app.sql((client) => client.query(text))).rows

describe('trips', () => {
  it('shows the newest hundred as Postgres itself does', async () => {
    const { data, errors } = await app.query(
      '{ trips(first: 100) { nodes { tripId pickupAt dropoffAt distance fare pickupZip dropoffZip durationSeconds } } }',
    )
    expect(errors).toBeUndefined()
    const expected = await rows(
      `select id::text as "tripId", to_char(tpep_pickup_datetime, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "pickupAt",
              to_char(tpep_dropoff_datetime, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "dropoffAt", trip_distance as distance,
              fare_amount as fare, lpad(pickup_zip::text, 5, '0') as "pickupZip",
              lpad(dropoff_zip::text, 5, '0') as "dropoffZip",
              extract(epoch from tpep_dropoff_datetime - tpep_pickup_datetime)::float8 as "durationSeconds"
         from taxi.trips_synced order by tpep_pickup_datetime desc, id desc limit 100`,
    )
    expect(data.trips.nodes).toEqual(expected)
    expect(expected).toHaveLength(100)
  })

  it('filters by zip code, time, fare and distance', async () => {
    const { data } = await app.query(
      `{ trips(first: 500, orderBy: { field: FARE, direction: ASC }, filter: {
           pickupZip: "10001", pickupAt: { from: "2016-01-10T00:00:00Z", until: "2016-02-10T01:00:00+01:00" },
           fare: { min: 8, max: 20 }, distance: { min: 1.5 } }) { nodes { tripId } } }`,
    )
    const expected = await rows(
      `select id::text as "tripId" from taxi.trips_synced where pickup_zip = 10001
          and tpep_pickup_datetime >= '2016-01-10Z' and tpep_pickup_datetime < '2016-02-10Z'
          and fare_amount between 8 and 20 and trip_distance >= 1.5 order by fare_amount, id limit 500`,
    )
    expect(expected.length).toBeGreaterThan(100)
    expect(data.trips.nodes).toEqual(expected)
  })

  it('finds one by its global id, by its number, and as a node', async () => {
    const { data } = await app.query(
      `{ byNumber: trip(id: "17") { id tripId fare } byId: trip(id: "VHJpcDoxNw") { tripId }
         node(id: "VHJpcDoxNw") { __typename id ... on Trip { fare } } none: trip(id: "99999999") { id } }`,
    )
    const [row] = await rows('select fare_amount as fare from taxi.trips_synced where id = 17')
    expect(data).toEqual({
      byNumber: { id: 'VHJpcDoxNw', tripId: '17', fare: row.fare },
      byId: { tripId: '17' },
      node: { __typename: 'Trip', id: 'VHJpcDoxNw', fare: row.fare },
      none: null,
    })
  })

  it('writes a zip code with the zeros that it begins with', async () => {
    const { data } = await app.query('{ trips(first: 1, filter: { pickupZip: "07114" }) { nodes { pickupZip } } }')
    expect(data.trips.nodes).toEqual([{ pickupZip: '07114' }])
  })
})

describe('tripStats', () => {
  const FILTER = 'fare_amount >= 10'

  it('agrees with sums that Postgres makes in another way', async () => {
    const { data } = await app.query(
      `{ tripStats(filter: { fare: { min: 10 } }) { count totalFare averageFare totalDistance averageDistance
           totalDurationSeconds averageDurationSeconds
           byHour { hour count totalFare } byDay(first: 500) { day count } byPickupZip(first: 5) { zip count }
           byDropoffZip(first: 500) { zip count } } }`,
    )
    const [sums] = await rows(
      `select count(*)::int as count, sum(fare_amount::numeric)::float8 as "totalFare",
              avg(fare_amount::numeric)::float8 as "averageFare", sum(trip_distance::numeric)::float8 as "totalDistance",
              avg(trip_distance::numeric)::float8 as "averageDistance",
              extract(epoch from sum(tpep_dropoff_datetime - tpep_pickup_datetime))::float8 as "totalDurationSeconds",
              extract(epoch from avg(tpep_dropoff_datetime - tpep_pickup_datetime))::float8 as "averageDurationSeconds"
         from taxi.trips_synced where ${FILTER}`,
    )
    const { byHour, byDay, byPickupZip, byDropoffZip, ...measures } = data.tripStats
    for (const [name, value] of Object.entries(sums)) expect(measures[name]).toBeCloseTo(Number(value), 4)
    const hours = await rows(
      `select extract(hour from tpep_pickup_datetime)::int as hour, count(*)::int as count,
              sum(fare_amount)::float8 as "totalFare" from taxi.trips_synced where ${FILTER} group by 1 order by 1`,
    )
    expect(byHour).toEqual(hours)
    expect(byDay).toHaveLength(60)
    expect(byDay.reduce((sum: number, { count }: { count: number }) => sum + count, 0)).toBe(sums.count)
    const zips = await rows(
      `select pickup_zip::text as zip, count(*)::int as count from taxi.trips_synced where ${FILTER}
        group by 1 order by 2 desc limit 5`,
    )
    expect(byPickupZip.map(({ count }: { count: number }) => count)).toEqual(zips.map(({ count }) => count))
    expect(byDropoffZip.reduce((sum: number, { count }: { count: number }) => sum + count, 0)).toBe(sums.count)
  })

  it('says zero, and no average, where there are no trips', async () => {
    const { data } = await app.query(
      '{ tripStats(filter: { fare: { min: 1e6 } }) { count totalFare averageFare byHour { hour } byDay { day } } }',
    )
    expect(data.tripStats).toEqual({ count: 0, totalFare: 0, averageFare: null, byHour: [], byDay: [] })
  })
})
