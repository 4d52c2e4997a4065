import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isHit } from '../support/post.ts'
import { startTestApp, type TestApp, until } from '../support/test-app.ts'

const [ALICE, BOB] = ['alice@example.com', 'bob@example.com']
const REQUESTS = 'holidays.holiday_requests'

let app: TestApp
let ids: string[]
beforeAll(async () => {
  app = await startTestApp({
    environment: { FEED_LIVE_MS: '600', FEED_POLL_MS: '200', SYNCED_HOLD_MS: '400', OPERATORS: ALICE },
  })
})
afterAll(() => app.close())
beforeEach(async () => {
  const { rows } = await app.sql((client) =>
    client.query(
      `insert into ${REQUESTS} (employee_name, requester, status, manager_note)
       values ('x', $1, 'Rejected', 'n0'), ('x', $1, 'Rejected', 'n0') returning request_id::text as id`,
      [BOB],
    ),
  )
  ids = rows.map(({ id }) => id)
})

/** Writes the same note to both rows, in one transaction, again and again. */
function startPairWriter(): { stop(): Promise<void> } {
  let stopped = false
  const done = app.sql(async (client) => {
    for (let n = 1; !stopped; n++) {
      await client.query(`update ${REQUESTS} set manager_note = 'n${n}' where request_id = any ($1)`, [ids])
      await sleep(1)
    }
  })
  return {
    stop() {
      stopped = true
      return done
    },
  }
}

/** By id and by a list: two statements, which a commit may fall between. */
const pair = () => `{ holidayRequest(id: "${ids[0]}") { managerNote }
  holidayRequests(first: 1, filter: { status: [REJECTED] }) { nodes { requestId managerNote } } }`

async function readPairs(count: number): Promise<{ fractured: unknown[]; snapshots: number }> {
  const writer = startPairWriter()
  const fractured: unknown[] = []
  const before = await snapshots()
  try {
    for (let read = 0; read < count; read++) {
      const { data, errors } = await app.query(pair(), {}, BOB)
      expect(errors).toBeUndefined()
      expect(data.holidayRequests.nodes[0].requestId).toBe(ids[1])
      if (data.holidayRequest.managerNote !== data.holidayRequests.nodes[0].managerNote) fractured.push(data)
    }
  } finally {
    await writer.stop()
  }
  return { fractured, snapshots: (await snapshots()) - before }
}

async function snapshots(): Promise<number> {
  const answer = await fetch(`${app.url}/api/metrics`, { headers: { 'x-persona': ALICE } })
  return Number(/answers_again_total\{how="snapshot"\} (\d+)/.exec(await answer.text())?.[1] ?? 0)
}

describe('one answer is of one moment', () => {
  const on: string[] = []
  const during = async (first: string, second: string): Promise<void> => {
    on.push(second)
    await app.sql((client) => client.query(first))
  }
  afterEach(async () => {
    for (const text of on.splice(0)) await app.sql((client) => client.query(text))
    await until(async () => isHit(await app.query('{ trips(first: 1) { nodes { id } } }', {}, BOB)))
  })

  it('while changes can’t be followed', async () => {
    const [state, owner] = ['lakebase_graphql.change_log_state', app.logins.app.user]
    await during(`revoke select on ${state} from "${owner}"`, `grant select on ${state} to "${owner}"`)
    await until(async () => {
      await app.query(pair(), {}, BOB)
      return app.seen.some(({ event }) => event === 'feed.lost')
    })
    const { fractured, snapshots: read } = await readPairs(60)
    expect(fractured).toEqual([])
    expect(read).toBeGreaterThan(30)
  })

  it('where a table’s changes aren’t noted', async () => {
    await during(
      `alter table ${REQUESTS} disable trigger changes_update`,
      `alter table ${REQUESTS} enable always trigger changes_update`,
    )
    await until(async () => /not stored/.test((await app.query(pair(), {}, BOB)).headers.get('cache-status') ?? ''))
    const { fractured, snapshots: read } = await readPairs(60)
    expect(fractured).toEqual([])
    expect(read).toBe(60)
  })

  it('where a change falls into every try', async () => {
    expect((await readPairs(60)).fractured).toEqual([])
  })
})

describe('a synced table that somebody writes to in place', () => {
  const [LIST, BY_ID] = ['{ trips(first: 1) { nodes { id } } }', '{ trip(id: "2") { id } }']
  const tripId = async () => (await app.query('{ trips(first: 1) { nodes { id } } }')).data.trips.nodes[0].id

  it('isn’t served from memory until its counters must have been published', async () => {
    const byId = BY_ID.replace('2', await tripId())
    for (const query of [LIST, byId]) await until(async () => isHit(await app.query(query, {}, BOB)))
    await app.sql(async (client) => {
      await client.query('begin')
      await client.query('update taxi.trips_synced set fare_amount = fare_amount where false')
      for (const query of [LIST, byId]) {
        await until(async () => !isHit(await app.query(query, {}, BOB)))
        for (let time = 0; time < 10; time++) {
          const { headers } = await app.query(query, {}, BOB)
          expect(headers.get('cache-status')).not.toMatch(/; hit;/)
        }
      }
      await client.query('commit')
    })
    const ended = performance.now()
    for (const query of [LIST, byId]) expect(isHit(await app.query(query, {}, BOB))).toBe(false)
    for (const query of [LIST, byId]) await until(async () => isHit(await app.query(query, {}, BOB)))
    expect(performance.now() - ended).toBeGreaterThan(150)
  })
})
