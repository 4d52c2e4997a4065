import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../../test/support/test-app.ts'
import { SAMPLE_TRIPS, sampleTrips } from './sample-trips.ts'
import { setUpLakehouse } from './set-up.ts'
import { snapshotSync } from './snapshot-sync.ts'
import { SYNCED_TABLES } from './synced-tables.ts'

const [trips] = SYNCED_TABLES
if (!trips) throw new Error('there are no trips')

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

describe('sample trips', () => {
  it('are the same on every machine', () => {
    const hash = createHash('sha256')
    let count = 0
    for (const line of sampleTrips()) {
      hash.update(line)
      count++
    }
    expect(count).toBe(SAMPLE_TRIPS)
    expect(hash.digest('hex')).toBe('7c44241e09b44fdce7b082fe72d76fc068a97de3c2195d3de3f812bc0d951bd9')
  })

  it('lie in January and February 2016 and are plausible', async () => {
    const { rows } = await app.sql((client) =>
      client.query(`select min(tpep_pickup_datetime) >= '2016-01-01Z' and max(tpep_pickup_datetime) < '2016-03-01Z' as period,
                           avg(fare_amount) between 9 and 16 as fare, avg(trip_distance) between 2 and 4 as distance,
                           bool_and(tpep_dropoff_datetime > tpep_pickup_datetime) as forwards,
                           min(id) = 1 and max(id) = 21932 as ids,
                           (select count(*) from taxi.trips_synced where extract(hour from tpep_pickup_datetime) = 19)
                             > 3 * (select count(*) from taxi.trips_synced where extract(hour from tpep_pickup_datetime) = 4) as hours
                      from taxi.trips_synced`),
    )
    expect(rows[0]).toEqual({ period: true, fare: true, distance: true, forwards: true, ids: true, hours: true })
  })
})

describe('a synced table', () => {
  it('is a partitioned parent that the app may index but not write', async () => {
    const refused = [
      'insert into taxi.trips_synced (id) values (1)',
      'delete from taxi.trips_synced',
      'update taxi.trips_synced set fare_amount = 1',
      'truncate taxi.trips_synced',
      'select from lakehouse.taxi_trips',
    ]
    for (const text of refused) {
      await expect(app.sql((client) => client.query(text), 'app')).rejects.toThrow('permission denied')
    }
    await app.sql((client) => client.query('create index by_hand on taxi.trips_synced (pickup_zip)'), 'app')
    const { rows } = await app.sql((client) =>
      client.query(
        "select relkind, rolname, rolcanlogin from pg_class join pg_roles on pg_roles.oid = relowner where pg_class.oid = 'taxi.trips_synced'::regclass",
      ),
    )
    expect(rows).toEqual([{ relkind: 'p', rolname: 'databricks_writer_16400', rolcanlogin: false }])
  })
})

describe('a sync', () => {
  const sync = () => app.sql((client) => snapshotSync(client, trips), 'lakehouse')

  it('brings the guide’s three trips, and they are the newest', async () => {
    await app.sql(
      (client) =>
        client.query(`insert into lakehouse.taxi_trips values
          (21933, now() - interval '3 hours', now() - interval '2 hours', 2.5, 12, 10001, 10002),
          (21934, now() - interval '2 hours', now() - interval '1 hour', 3.5, 15, 10001, 10003),
          (21935, now() - interval '1 hour', now(), 4.5, 18, 10001, 10004)`),
      'lakehouse',
    )
    expect((await sync()).rows).toBe(21_935)
    const { data } = await app.query('{ trips(first: 3) { nodes { tripId } } }')
    expect(data.trips.nodes.map(({ tripId }: { tripId: string }) => tripId)).toEqual(['21935', '21934', '21933'])
  })

  it('keeps indexes, grants and owner', async () => {
    const describeTable = async () => {
      const { rows } = await app.sql((client) =>
        client.query(`select relowner::regrole::text, relacl::text, (select array_agg(pg_get_indexdef(indexrelid) order by 1)
                        from pg_index where indrelid = c.oid) as indexes,
                      (select count(*)::int from pg_inherits where inhparent = c.oid) as partitions
                      from pg_class c where oid = 'taxi.trips_synced'::regclass`),
      )
      return rows[0]
    }
    const before = await describeTable()
    await sync()
    expect(await describeTable()).toEqual(before)
    expect(before.indexes.length).toBeGreaterThanOrEqual(8)
  })

  it('shows readers all old rows or all new ones, never a mix, never nothing', async () => {
    let syncing = true
    const seen = new Set<string>()
    const read = async () => {
      while (syncing) {
        const { data, errors } = await app.query(
          '{ tripStats { count averageFare byHour { averageFare } } trips(first: 100) { nodes { fare } } }',
        )
        expect(errors).toBeUndefined()
        const { count, averageFare, byHour } = data.tripStats
        expect(count).toBe(21_935)
        for (const hour of byHour) expect(hour.averageFare).toBe(averageFare)
        expect(new Set(data.trips.nodes.map(({ fare }: { fare: number }) => fare)).size).toBe(1)
        seen.add(String(averageFare))
      }
    }
    const setFares = (fare: number) =>
      app.sql((client) => client.query('update lakehouse.taxi_trips set fare_amount = $1', [fare]), 'lakehouse')
    await setFares(1)
    await sync()
    const readers = [read(), read(), read()]
    for (let fare = 2; fare <= 8; fare++) {
      await setFares(fare)
      await sync()
    }
    syncing = false
    await Promise.all(readers)
    expect(seen.size).toBeGreaterThan(3)
  })

  it('that died leaves nothing that the next one doesn’t clear away', async () => {
    await app.sql((client) =>
      client.query(
        'create table taxi.trips_synced_v1700000000000 (like taxi.trips_synced); alter table taxi.trips_synced_v1700000000000 owner to databricks_writer_16400; create table taxi.trips_synced_very_important ()',
      ),
    )
    await sync()
    const { rows } = await app.sql((client) =>
      client.query("select relname from pg_class where relname ~ '^trips_synced_v[0-9]+$' and relkind = 'r'"),
    )
    expect(rows.map(({ relname }) => relname)).toEqual([expect.stringMatching(/_v\d{13}$/)])
    await app.sql((client) => client.query('drop table taxi.trips_synced_very_important')) // still there
  })

  it('that never came after a killed start is made up for by the next start', async () => {
    await app.sql(async (client) => {
      const { rows } = await client.query(
        "select inhrelid::regclass as partition from pg_inherits where inhparent = 'taxi.trips_synced'::regclass",
      )
      await client.query(`drop table ${rows[0].partition}`)
      expect((await setUpLakehouse(client)).map(({ table }) => table)).toEqual(['trips_synced'])
    })
    await sync()
    expect(await app.sql((client) => setUpLakehouse(client))).toEqual([])
  })

  it('runs once at a time', async () => {
    const results = await Promise.allSettled([sync(), sync()])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })
})
