import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, createClient, LakebaseError } from '../../sdk/src/index.ts'
import { dayAhead } from '../support/holiday-mutations.ts'
import { clientOf, type Recorded, recording } from '../support/sdk.ts'
import { startTestApp, type TestApp } from '../support/test-app.ts'
import { graphql } from './own-documents/index.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

describe('the client', () => {
  it('gives a page of a list', async () => {
    const page = await clientOf(app).trips({ first: 3, filter: { pickupZip: '10001' } })
    expect(page.nodes).toHaveLength(3)
    expect(page.nodes.map(({ pickupZip }) => pickupZip)).toEqual(['10001', '10001', '10001'])
    expect(page.pageInfo.hasNextPage).toBe(true)
  })

  it('walks all pages, one thing after the other', async () => {
    const ids = new Set<string>()
    let count = 0
    for await (const trip of clientOf(app).trips.pages({ first: 40, filter: { pickupZip: '10001' } })) {
      ids.add(trip.tripId)
      count++
    }
    const { count: all } = await clientOf(app).tripStats({ filter: { pickupZip: '10001' } })
    expect([ids.size, count]).toEqual([all, all])
    expect(all).toBeGreaterThan(80)
  })

  it('approves a request, tells what came of it, and reads its own writes', async () => {
    const [bob, alice] = [clientOf(app, 'bob@example.com'), clientOf(app)]
    const [startDate, endDate] = [dayAhead(200), dayAhead(202)]
    const asked = await bob.createHolidayRequest({ startDate, endDate })
    if (asked.__typename !== 'HolidayRequest') throw new Error(asked.message)
    const { id, version } = asked
    const approved = await alice.approveHolidayRequest({ id, version: version ?? 0, note: 'enjoy' })
    expect(approved).toMatchObject({ __typename: 'HolidayRequest', status: 'APPROVED', managerNote: 'enjoy' })
    expect(await alice.holidayRequest({ id })).toMatchObject({ status: 'APPROVED' })
    const again = await alice.approveHolidayRequest({ id, version: version ?? 0 })
    expect(again).toMatchObject({ __typename: 'AlreadyDecidedError', code: 'ALREADY_DECIDED', request: { id } })
  })

  it('sends documents of one’s own, registered or not', async () => {
    const lake = clientOf(app)
    const document = graphql(`
      query cheapTrips($max: Float!) {
        trips(first: 2, filter: { fare: { max: $max } }) {
          nodes {
            ...OwnTrip
          }
        }
      }
    `)
    const { trips } = await lake.query(document, { max: 3 })
    expect(trips.nodes).toHaveLength(2)
    expect(Object.keys(trips.nodes[0] ?? {})).toEqual(['fare', 'pickupZip'])
    expect(await lake.query(document, { max: 3 })).toEqual({ trips })
  })
})

describe('what goes over the wire', () => {
  let seen: Recorded[]
  let lake: Client
  beforeAll(() => {
    const record = recording()
    seen = record.seen
    lake = clientOf(app, undefined, { fetch: record.fetch })
  })

  it('is a GET with the id of a document for a query, and a 304 for the same again', async () => {
    const first = await lake.trips({ first: 100, orderBy: { field: 'FARE' } })
    const again = await lake.trips({ orderBy: { field: 'FARE' }, first: 100 })
    expect(again).toEqual(first)
    expect(again).not.toBe(first)
    const [one, two] = seen.splice(0)
    expect([one?.method, one?.status, two?.status]).toEqual(['GET', 200, 304])
    expect(one?.url).toMatch(/\/api\/graphql\?documentId=sha256%3A[0-9a-f]{64}&variables=/)
    expect(two?.url).toBe(one?.url)
    expect(one?.bytes).toBeGreaterThan(15_000)
    expect(two?.bytes).toBe(0)
  })

  it('is one key for all tries of a mutation, and another for the next', async () => {
    const { nodes } = await lake.holidayRequests({ first: 1 })
    seen.length = 0
    for (let time = 0; time < 2; time++) await lake.approveHolidayRequest({ id: nodes[0]?.id ?? '', version: 999 })
    const keys = seen.splice(0).map(({ method, headers }) => [method, headers.get('idempotency-key')])
    expect(keys.map(([method]) => method)).toEqual(['POST', 'POST'])
    expect(new Set(keys.map(([, key]) => key)).size).toBe(2)
  })

  it('carries the position on, once there is one', async () => {
    const fresh = recording()
    const other = clientOf(app, undefined, { fetch: fresh.fetch })
    await other.viewer()
    await other.viewer()
    const [one, two] = fresh.seen
    expect(one?.headers.get('x-min-position')).toBe(null)
    expect(two?.headers.get('x-min-position')).toBe(one?.position)
  })
})

describe('options', () => {
  it.each([
    [{}, 'address of the app'],
    [{ url: 'nowhere' }, 'address of the app'],
    [{ url: 'https://user:secret-word@example.com' }, 'no user or password'],
    [{ url: 'http://example.com', token: () => 'secret-word' }, 'https:// only'],
  ])('that can’t be right are refused at once: %j', (options, words) => {
    const make = (): unknown => createClient(options)
    expect(make).toThrow(LakebaseError)
    expect(make).toThrow(words)
    expect(make).not.toThrow('secret-word')
  })
})
