import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { type RecordingProxy, startRecordingProxy } from '../../../test/support/recording-proxy.ts'
import { startTestApp, type TestApp, until } from '../../../test/support/test-app.ts'

let recording: RecordingProxy
let app: TestApp
beforeAll(async () => {
  recording = await startRecordingProxy(inject('server').port)
  app = await startTestApp({ server: { ...inject('server'), port: recording.port }, environment: { CACHE: 'off' } })
  await app.query('{ trips(first: 1) { nodes { id } } }') // the first connection is there now
  // After it is ready, the app looks whether its indexes are there.
  await until(async () => {
    recording.executed()
    await sleep(100)
    return recording.executed() === 0
  })
})
beforeEach(() => {
  app.statements()
  recording.executed()
})
afterAll(async () => {
  await app.close()
  await recording.close()
})

/** What the app says that it sent is what came out of its connections. */
async function sent(document: string): Promise<string[]> {
  const { errors } = await app.query(document)
  expect(errors).toBeUndefined()
  const names = app.statements()
  expect(recording.executed()).toBe(names.length)
  return names
}

describe('one statement for each level', () => {
  it.each([1, 30])('%i trips by id', async (width) => {
    const fields = Array.from({ length: width }, (_, index) => `t${index}: trip(id: "${index + 1}") { fare distance }`)
    expect(await sent(`{ ${fields.join(' ')} }`)).toEqual(['trips.byIds'])
  })

  it('node, nodes and trip with different columns together', async () => {
    const document = `{ a: trip(id: "1") { fare } b: trip(id: "1") { distance } node(id: "VHJpcDoxNw") { ... on Trip { pickupZip } }
      nodes(ids: ["VHJpcDoxNw", "VHJpcDoxOA"]) { ... on Trip { dropoffZip } } }`
    expect(await sent(document)).toEqual(['trips.byIds'])
  })

  it.each([1, 500])('a page of %i, whatever is asked of its trips', async (size) => {
    const document = `{ trips(first: ${size}) { edges { cursor node { id fare durationSeconds } } pageInfo { endCursor } } }`
    expect(await sent(document)).toEqual(['trips.page'])
  })

  it('all groupings of one filter, and two filters', async () => {
    const groups = 'count byHour { hour } byDay { day } byPickupZip { zip } byDropoffZip { zip }'
    expect(await sent(`{ tripStats { ${groups} } }`)).toEqual(['trips.stats'])
    const two = `{ a: tripStats { ${groups} } b: tripStats { averageFare } c: tripStats(filter: { pickupZip: "10001" }) { ${groups} } }`
    expect(await sent(two)).toEqual(['trips.stats', 'trips.stats'])
  })

  it('none for what needs no data', async () => {
    expect(await sent('{ __typename __schema { queryType { name } } nodes(ids: []) { id } }')).toEqual([])
  })
})

describe('a statement', () => {
  it('reads the columns that are asked for, and no others', async () => {
    await sent(
      '{ trips(first: 1) { nodes { fare } } trip(id: "1") { ...parts } } fragment parts on Trip { pickupZip ... { tripId } }',
    )
    const { rows } = await app.sql((client) =>
      client.query(`select query from pg_stat_activity where datname = current_database() and query like '/* trips%'`),
    )
    const texts = rows.map(({ query }) => query).join('\n')
    expect(texts).toContain('select "id", "fare_amount", "tpep_pickup_datetime" from')
    expect(texts).toContain('select "id", "pickup_zip" from')
  })
})
