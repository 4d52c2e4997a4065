import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { VIEWERS_ROLE } from '../local/lakehouse/roles.ts'
import { startTestApp, type TestApp, until } from './support/test-app.ts'

const RIGHTS_MS = 150
const TRIPS = 'taxi.trips_synced'
const BOB = 'bob@example.com'
const trips = (fields: string, args = ''): string => `{ trips(first: 2${args}) { nodes { ${fields} } } }`

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ environment: { RIGHTS_MS: String(RIGHTS_MS) } })
})
afterAll(() => app.close())

const sql = (...texts: string[]) =>
  app.sql(async (client) => {
    for (const text of texts) await client.query(text)
  })

/** The codes of what a query is refused for, once the last change of rights has come through. */
async function refusals(query: string, persona?: string): Promise<string[]> {
  const { errors = [] } = await app.query(query, {}, persona)
  return errors.map(({ extensions }) => extensions.code)
}

const eventually = (query: string, codes: readonly string[], persona?: string) =>
  until(async () => JSON.stringify(await refusals(query, persona)) === JSON.stringify(codes))

beforeEach(async () => {
  await sql(
    `alter table ${TRIPS} disable row level security`,
    `revoke all on ${TRIPS} from ${VIEWERS_ROLE}, "alice@example.com", "${BOB}"`,
    `grant select on ${TRIPS} to ${VIEWERS_ROLE}`,
    `grant usage on schema taxi to ${VIEWERS_ROLE}`,
    `do $$ begin execute format('grant connect on database %I to ${VIEWERS_ROLE}', current_database()); end $$`,
  )
  await eventually(trips('fare'), [])
})

describe('a viewer reads of what is shared', () => {
  it('no table that its own role may not read, and the rest as before', async () => {
    await sql(`revoke select on ${TRIPS} from ${VIEWERS_ROLE}`)
    await eventually(trips('fare'), ['FORBIDDEN'])
    expect(await refusals('{ trip(id: "1") { fare } }')).toEqual(['FORBIDDEN'])
    expect(await refusals('{ tripStats { count } }')).toEqual(['FORBIDDEN'])
    expect(await refusals('{ campaigns(first: 1) { nodes { name } } }')).toEqual([])
  })

  it('what it may read itself, though another viewer may not', async () => {
    await sql(`revoke select on ${TRIPS} from ${VIEWERS_ROLE}`, `grant select on ${TRIPS} to "alice@example.com"`)
    await eventually(trips('fare'), ['FORBIDDEN'], BOB)
    for (let time = 0; time < 10; time++) {
      const both = await Promise.all([refusals(trips('fare')), refusals(trips('fare'), BOB)])
      expect(both).toEqual([[], ['FORBIDDEN']])
    }
  })

  it('no column that its own role may not read: not to see, to order, to filter, or in sums', async () => {
    await sql(
      `revoke select on ${TRIPS} from ${VIEWERS_ROLE}`,
      `grant select (id, tpep_pickup_datetime, trip_distance, pickup_zip, dropoff_zip) on ${TRIPS} to ${VIEWERS_ROLE}`,
    )
    await eventually(trips('tripId distance fare'), ['FORBIDDEN'])
    const { data, errors } = await app.query(trips('tripId pickupAt distance fare durationSeconds'))
    expect(data.trips.nodes[0]).toMatchObject({ tripId: '21932', fare: null, durationSeconds: null })
    expect(data.trips.nodes[0].distance).toBeTypeOf('number')
    expect(errors?.map(({ message }) => message)).toEqual([
      'You may not read "fare_amount" of taxi.trips_synced.',
      'You may not read "tpep_dropoff_datetime" of taxi.trips_synced.',
    ])
    for (const args of [', orderBy: { field: FARE }', ', filter: { fare: { min: 3 } }']) {
      expect(await refusals(trips('tripId', args)), args).toEqual(['FORBIDDEN'])
    }
    expect(await refusals('{ tripStats { count } }')).toEqual([])
    expect(await refusals('{ tripStats { averageFare } }')).toEqual(['FORBIDDEN'])
  })

  it('nothing without the right to use the schema, or to log in here', async () => {
    await sql(`revoke usage on schema taxi from ${VIEWERS_ROLE}`)
    await eventually(trips('fare'), ['FORBIDDEN'])
    await sql(
      `do $$ begin execute format('revoke connect on database %I from ${VIEWERS_ROLE}', current_database()); end $$`,
    )
    await eventually(trips('fare'), ['NO_DATABASE_ROLE'])
    const { errors } = await app.query(trips('fare'))
    expect(errors?.[0]?.message).toContain("SELECT databricks_create_role('alice@example.com', 'USER');")
  })

  it('no table with row-level security, and no view: their rows depend on who asks', async () => {
    await sql(`alter table ${TRIPS} enable row level security`)
    await eventually(trips('fare'), ['TABLE_UNAVAILABLE'])
    await sql(
      `alter table ${TRIPS} disable row level security`,
      `alter table ${TRIPS} rename to hidden`,
      `create view ${TRIPS} as select * from taxi.hidden`,
      `grant select on ${TRIPS} to ${VIEWERS_ROLE}, "${app.tokens.app.id}"`,
    )
    try {
      await eventually(trips('fare'), ['TABLE_UNAVAILABLE'])
      // And not only while the one is being swapped for the other.
      await sleep(1_000)
      expect(await refusals(trips('fare'))).toEqual(['TABLE_UNAVAILABLE'])
    } finally {
      await sql(`drop view ${TRIPS}`, `alter table taxi.hidden rename to trips_synced`)
    }
    await eventually(trips('fare'), [])
  })

  it('by one question to Postgres for many requests that come together', async () => {
    await sql('select pg_sleep(0.2)')
    const before = app.seen.length
    await Promise.all(Array.from({ length: 30 }, () => app.query(trips('fare'), {}, 'carol@example.com')))
    const asked = app.seen.slice(before).filter((each) => each.event === 'statement' && each.name === 'db.rights')
    expect(asked).toHaveLength(1)
  })
})

describe('a table is for all users of the app', () => {
  it.each([
    ['under VIEWER_ACCESS=claims', { VIEWER_ACCESS: 'claims' }],
    ['if PUBLIC_TABLES lists it', { PUBLIC_TABLES: TRIPS }],
  ])('%s', async (_when, environment) => {
    await sql(`revoke select on ${TRIPS} from ${VIEWERS_ROLE}`)
    const open = await startTestApp({ database: app.database, environment: { ...environment, RIGHTS_MS: '1' } })
    try {
      expect((await open.query(trips('fare'))).errors).toBeUndefined()
      // The other table is still a matter of each viewer's rights, unless none is.
      const campaigns = await open.query('{ campaigns(first: 1) { nodes { name } } }')
      expect(campaigns.errors).toBeUndefined()
    } finally {
      await open.close()
    }
  })
})
