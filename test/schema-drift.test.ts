import { afterEach, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestAppOptions, until } from './support/test-app.ts'

let app: TestApp
afterEach(() => app.close())

/** An app on a database that was changed before it started. */
async function startWith(change: string, options: TestAppOptions = {}): Promise<void> {
  app = await startTestApp(options)
  if (change === '') return
  await app.sql((client) => client.query(change))
  const { database } = app
  const fresh = await startTestApp({ ...options, database })
  const first = app
  const { close } = fresh
  app = {
    ...fresh,
    async close() {
      await close()
      await first.close()
    },
  }
}

const ALL = '{ trips(first: 2) { nodes { id pickupAt fare distance durationSeconds } } }'

describe('a table', () => {
  it('that is missing turns off its fields, with words, and nothing else', async () => {
    await startWith('alter table taxi.trips_synced rename to gone')
    const { status, data, errors } = await app.query(`{ __typename trip(id: "1") { id } }`)
    expect([status, data]).toEqual([200, { __typename: 'Query', trip: null }])
    expect(errors?.[0]).toMatchObject({
      message: 'There is no table taxi.trips_synced. All fields of trips are off.',
      extensions: { code: 'TABLE_UNAVAILABLE' },
    })
    expect((await fetch(`${app.url}/api/ready`)).status).toBe(200)
    expect(app.seen.find(({ event }) => event === 'table.problem')).toMatchObject({
      mend: expect.stringContaining('TRIPS_TABLE'),
    })
  })

  it('with other letters’ case is found', async () => {
    await startWith(
      'alter table taxi.trips_synced rename to "Trips_SYNCED"; alter schema taxi rename to "TAXI"; alter table "TAXI"."Trips_SYNCED" rename fare_amount to "FARE_amount"',
    )
    const { data, errors } = await app.query(ALL)
    expect(errors).toBeUndefined()
    expect(data.trips.nodes).toHaveLength(2)
  })

  it('that may not be read says so, and its owner gets the SQL in the log', async () => {
    await startWith(
      'revoke all on taxi.trips_synced from public, "7c1f0d0e-52b6-4c0f-9a3e-3b1a5d8e9f10"; revoke "databricks_writer_16400" from "7c1f0d0e-52b6-4c0f-9a3e-3b1a5d8e9f10"',
    )
    try {
      const { errors } = await app.query(ALL)
      expect(errors?.[0]).toMatchObject({
        message: expect.stringContaining('may not read taxi.trips_synced'),
        extensions: { code: 'TABLE_UNAVAILABLE' },
      })
      expect(JSON.stringify(errors)).not.toContain('GRANT')
      expect(app.seen.find(({ event }) => event === 'table.problem')).toMatchObject({
        mend: expect.stringContaining('GRANT SELECT ON "taxi"."trips_synced"'),
      })
    } finally {
      // A role belongs to all databases of the server.
      await app.sql((client) =>
        client.query('grant "databricks_writer_16400" to "7c1f0d0e-52b6-4c0f-9a3e-3b1a5d8e9f10"'),
      )
    }
  })

  it('and columns of other names are set by TRIPS_TABLE and TRIPS_COLUMNS', async () => {
    await startWith(
      'alter schema taxi rename to yellow; alter table yellow.trips_synced rename to cab_rides; alter table yellow.cab_rides rename fare_amount to total',
      {
        environment: { TRIPS_TABLE: 'yellow.cab_rides', TRIPS_COLUMNS: 'fare=total' },
      },
    )
    const { data, errors } = await app.query(ALL)
    expect(errors).toBeUndefined()
    expect(data.trips.nodes[0].fare).toEqual(expect.any(Number))
  })
})

describe('a column', () => {
  it('that is missing turns off the fields made from it, and no others', async () => {
    await startWith('alter table taxi.trips_synced drop column fare_amount, drop column tpep_dropoff_datetime')
    const { data, errors } = await app.query(
      '{ trips(first: 1) { nodes { distance fare durationSeconds dropoffAt } } tripStats { count totalDistance } }',
    )
    expect(data.trips.nodes[0]).toEqual({
      distance: expect.any(Number),
      fare: null,
      durationSeconds: null,
      dropoffAt: null,
    })
    expect(data.tripStats.count).toBe(21_932)
    expect(errors?.map(({ extensions, message }) => [extensions.code, message])).toEqual([
      ['TABLE_UNAVAILABLE', 'taxi.trips_synced has no column "fare_amount". Fields made from fare are off.'],
      [
        'TABLE_UNAVAILABLE',
        expect.stringContaining(
          '"tpep_dropoff_datetime". Fields made from dropoffAt, duration, durationSeconds are off.',
        ),
      ],
      ['TABLE_UNAVAILABLE', expect.stringContaining('"tpep_dropoff_datetime"')],
    ])
    for (const rest of ['orderBy: { field: FARE }', 'orderBy: { field: DURATION }', 'filter: { fare: { min: 1 } }']) {
      const answer = await app.query(`{ trips(${rest}) { nodes { id } } }`)
      expect(answer.errors?.[0]?.extensions.code).toBe('TABLE_UNAVAILABLE')
    }
    expect((await app.query('{ tripStats { totalFare } }')).errors?.[0]?.message).toContain('no column "fare_amount"')
  })

  it('of another numeric type is read all the same', async () => {
    await startWith(
      'drop index taxi.trips_fare; alter table taxi.trips_synced alter fare_amount type numeric(10, 2), alter trip_distance type real, alter pickup_zip type bigint',
    )
    const { data, errors } = await app.query(
      '{ trips(first: 3, orderBy: { field: FARE }, filter: { pickupZip: "10001", distance: { min: 1 } }) { nodes { fare distance } pageInfo { endCursor } } tripStats { totalFare } }',
    )
    expect(errors).toBeUndefined()
    const next = await app.query(
      'query ($c: String) { trips(first: 3, after: $c, orderBy: { field: FARE }, filter: { pickupZip: "10001", distance: { min: 1 } }) { nodes { fare } } }',
      { c: data.trips.pageInfo.endCursor },
    )
    expect(next.errors).toBeUndefined()
    expect(next.data.trips.nodes).toHaveLength(3)
  })

  it('of a type that can’t do says which would', async () => {
    await startWith('alter table taxi.trips_synced alter fare_amount type text')
    const { errors } = await app.query('{ trips(first: 1) { nodes { fare } } }')
    expect(errors?.[0]?.message).toContain('has a column "fare_amount" of type text, not real or double precision')
  })
})

describe('while the app runs', () => {
  it('a missing column is said once for each answer, however many rows and aliases ask for it', async () => {
    await startWith('alter table taxi.trips_synced drop column fare_amount')
    const aliases = Array.from({ length: 20 }, (_, n) => `a${n}: trips(first: 300) { nodes { fare } }`).join(' ')
    const began = performance.now()
    const { data, errors } = await app.query(`{ ${'\n'.repeat(25_000)} ${aliases} }`)
    expect(performance.now() - began).toBeLessThan(3_000)
    expect(errors).toHaveLength(1)
    expect(data.a19.nodes).toHaveLength(300)
  })

  it('a column that is retyped and back again works again for every query', async () => {
    await startWith('')
    const retype = (type: string, how: string) =>
      app.sql((client) => client.query(`alter table taxi.trips_synced alter fare_amount type ${type} using ${how}`))
    expect((await app.query(ALL)).errors).toBeUndefined()
    // Prepared while the type was another one, and noticed by nobody until it is back.
    const unseen = '{ trips(first: 4) { nodes { fare } } }'
    await retype('text', "'$9'")
    expect((await app.query(unseen)).errors?.[0]?.extensions.code).toBe('UNREPRESENTABLE_VALUE')
    await retype('float8', '9')
    // Somebody may have looked in between.
    await until(async () => (await app.query(unseen)).errors === undefined, 5_000)
    for (let again = 0; again < 5; again++) expect((await app.query(unseen)).errors).toBeUndefined()
    expect((await app.query(ALL)).errors).toBeUndefined()
    await retype('text', "'$9'")
    await until(async () => (await app.query(ALL)).errors?.[0]?.extensions.code === 'TABLE_UNAVAILABLE')
    await retype('float8', '9')
    await until(async () => (await app.query(ALL)).errors === undefined, 8_000)
    for (let again = 0; again < 10; again++) expect((await app.query(ALL)).errors).toBeUndefined()
  })

  it('a table that is swapped for one with other types, or renamed and back, is followed', async () => {
    await startWith('')
    expect((await app.query(ALL)).errors).toBeUndefined()
    // The prepared statements of before now fail with "cached plan must not change result type".
    await app.sql((client) => client.query('alter table taxi.trips_synced alter trip_distance type numeric'))
    for (let again = 0; again < 5; again++) expect((await app.query(ALL)).errors).toBeUndefined()
    await app.sql((client) => client.query('alter table taxi.trips_synced rename to away'))
    await until(async () => (await app.query(ALL)).errors?.[0]?.extensions.code === 'TABLE_UNAVAILABLE', 1_500)
    await app.sql((client) => client.query('alter table taxi.away rename to trips_synced'))
    await until(async () => (await app.query(ALL)).errors === undefined, 8_000)
  })
})
