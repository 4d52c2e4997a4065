import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dayAhead, mutationOf, send } from '../support/holiday-mutations.ts'
import { type GraphQLAnswer, isHit } from '../support/post.ts'
import { startTestApp, type TestApp, until } from '../support/test-app.ts'
import { startWorld, type World } from './world.ts'

const [ALICE, BOB, CAROL, DAVE] = ['alice', 'bob', 'carol', 'dave'].map((name) => `${name}@example.com`) as [
  string,
  string,
  string,
  string,
]
const PENDING = '{ holidayRequests(first: 50, filter: { status: [PENDING] }) { nodes { requestId employeeName } } }'
const APPROVED = '{ holidayRequests(first: 50, filter: { status: [APPROVED] }) { nodes { requestId employeeName } } }'

const idsOf = ({ data }: GraphQLAnswer): string[] =>
  data.holidayRequests.nodes.map(({ requestId }: { requestId: string }) => requestId)

let world: World
let a: TestApp
let b: TestApp
beforeAll(async () => {
  world = await startWorld()
  ;[a, b] = world.instances.map(({ app }) => app) as [TestApp, TestApp]
})
afterAll(() => world.close())

/** Asks until the answer comes from memory: other tests change roles now and then, which forgets everything. */
async function warm(app: TestApp, query: string, persona: string): Promise<GraphQLAnswer> {
  let answer = await app.query(query, {}, persona)
  await until(async () => {
    answer = await app.query(query, {}, persona)
    return isHit(answer)
  })
  return answer
}

const insert = (employee: string, status: string): Promise<string> =>
  world.sql(async (client) => {
    const { rows } = await client.query(
      `insert into holidays.holiday_requests (employee_name, requester, status, start_date, end_date)
       values ('x', $1, $2, '2020-01-01', '2020-01-02') returning request_id::text as id`,
      [employee, status],
    )
    return rows[0].id
  })

describe('what was written past this instance', () => {
  it('shows in every list that it belongs to, also in empty ones, and leaves those that it doesn’t', async () => {
    const rejected = '{ holidayRequests(first: 50, filter: { status: [REJECTED] }) { nodes { requestId } } }'
    await world.sql((client) =>
      client.query("delete from holidays.holiday_requests where requester = $1 and status = 'Rejected'", [CAROL]),
    )
    await until(async () => idsOf(await a.query(rejected, {}, CAROL)).length === 0)
    await warm(a, rejected, CAROL)
    const id = await insert(CAROL, 'Pending')
    await until(async () => idsOf(await a.query(PENDING, {}, CAROL)).includes(id))
    await warm(a, PENDING, CAROL)
    await world.sql((client) =>
      client.query("update holidays.holiday_requests set status = 'Rejected' where request_id = $1", [id]),
    )
    await until(async () => idsOf(await a.query(rejected, {}, CAROL)).includes(id), 1_000)
    await until(async () => !idsOf(await a.query(PENDING, {}, CAROL)).includes(id), 1_000)
  })

  it('doesn’t have lists of other values forgotten', async () => {
    await warm(a, APPROVED, BOB)
    await insert(BOB, 'Rejected')
    // Longer than a wake-up takes.
    await until(
      async () =>
        idsOf(
          await a.query(
            '{ holidayRequests(first: 1, filter: { status: [REJECTED] }) { nodes { requestId } } }',
            {},
            BOB,
          ),
        ).length > 0,
    )
    expect(isHit(await a.query(APPROVED, {}, BOB))).toBe(true)
  })

  it.each(['truncate', 'delete from'])('is all of a table after %s', async (how) => {
    await insert(CAROL, 'Pending')
    // More than are listed.
    await world.sql((client) =>
      client.query(
        "insert into holidays.holiday_requests (employee_name, requester, status) select 'x', 'many@example.com', 'Rejected' from generate_series(1, 300)",
      ),
    )
    await until(async () => idsOf(await a.query(PENDING, {}, CAROL)).length > 0)
    await warm(a, PENDING, CAROL)
    await world.sql((client) => client.query(`begin; ${how} holidays.holiday_requests; rollback`))
    expect(idsOf(await a.query(PENDING, {}, CAROL)).length).toBeGreaterThan(0)
    await world.sql((client) =>
      client.query(`create temp table kept as table holidays.holiday_requests; ${how} holidays.holiday_requests`),
    )
    await until(async () => idsOf(await a.query(PENDING, {}, CAROL)).length === 0, 1_000)
  })

  it('an absent row is there as soon as it is', async () => {
    const byId = '{ holidayRequest(id: "900001") { requestId } }'
    expect((await warm(a, byId, BOB)).data.holidayRequest).toBeNull()
    await world.sql((client) =>
      client.query(
        `insert into holidays.holiday_requests (request_id, employee_name, requester, status) values (900001, 'x', $1, 'Pending')`,
        [BOB],
      ),
    )
    await until(async () => (await a.query(byId, {}, BOB)).data.holidayRequest !== null, 1_000)
  })

  it('is seen by whoever it is for after the chart has changed, and by nobody else', async () => {
    const id = await insert(CAROL, 'Pending')
    await until(async () => idsOf(await a.query(PENDING, {}, DAVE)).includes(id))
    await warm(a, PENDING, DAVE)
    await warm(a, PENDING, ALICE)
    const report = (manager: string) =>
      world.sql((client) =>
        client.query('update holidays.employees set manager = $1 where email = $2', [manager, CAROL]),
      )
    await report(ALICE)
    await until(async () => !idsOf(await a.query(PENDING, {}, DAVE)).includes(id), 1_000)
    await until(async () => idsOf(await a.query(PENDING, {}, ALICE)).includes(id), 1_000)
    await report(DAVE)
  })
})

describe('what one has written', () => {
  it('is read on the other instance with its position, at once, every time', async () => {
    for (let count = 0; count < 25; count++) {
      const day = dayAhead(200 + count)
      const [first, second] = count % 2 === 0 ? [a, b] : [b, a]
      await second.query(PENDING, {}, BOB)
      const { data, headers } = await send(first, 'create', { startDate: day, endDate: day }, BOB)
      const position = headers.get('x-position') ?? ''
      expect(position).toMatch(/^[0-9a-f]{12}-\d+$/)
      expect(idsOf(await second.query(PENDING, {}, BOB, { position }))).toContain(data.result.requestId)
      const { requestId: id, version } = data.result
      const gone = await send(second, 'withdraw', { id, version }, BOB)
      const next = gone.headers.get('x-position') ?? ''
      expect(idsOf(await first.query(PENDING, {}, BOB, { position: next }))).not.toContain(id)
    }
  })

  it('is read by a browser too, which sends its position as a cookie', async () => {
    const ask = (url: string, query: string, cookie: string) =>
      fetch(`${url}/api/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-persona': BOB, cookie },
        body: JSON.stringify({ query }),
      })
    const answer = await ask(a.url, PENDING, 'position-01234567=nonsense; other=1')
    expect(answer.status).toBe(200)
    const [cookie = ''] = answer.headers.getSetCookie()
    expect(cookie).toMatch(
      /^position-[0-9a-f]{8}=[0-9a-f]{12}-\d+; Path=\/api; Max-Age=600; HttpOnly; SameSite=Strict$/,
    )
    expect((await ask(b.url, PENDING, cookie.split(';')[0] ?? '')).status).toBe(200)
    const ahead = await ask(b.url, PENDING, (cookie.split(';')[0] ?? '').replace(/-\d+$/, '-999999999999'))
    expect([ahead.status, ahead.headers.get('cache-status')]).toEqual([200, expect.stringContaining('fwd=bypass')])
  })

  it('shows in the reply itself, though what it is made from is in memory', async () => {
    // Whether a poll comes between the two is chance: then even a stale reading would be right.
    for (let time = 0; time < 5; time++) {
      const day = dayAhead(350 - time)
      const made = await Promise.all(
        [BOB, 'joe@example.com'].map(async (employee) =>
          world.sql(async (client) => {
            const { rows } = await client.query(
              `insert into holidays.holiday_requests (employee_name, requester, manager, status, start_date, end_date)
           values ('x', $1, $2, 'Pending', $3, $3) returning request_id::text as id`,
              [employee, ALICE, day],
            )
            return rows[0].id as string
          }),
        ),
      )
      const [mine, other] = made
      await world.sql((client) =>
        client.query(
          "insert into holidays.employees values ('joe@example.com', 'Joe', $1) on conflict (email) do update set manager = $1",
          [ALICE],
        ),
      )
      const overlaps = `{ holidayRequest(id: "${mine}") { overlaps { requestId } } }`
      await until(async () => (await a.query(overlaps, {}, ALICE)).data.holidayRequest?.overlaps.length === 1)
      await warm(a, overlaps, ALICE)
      const mutation = `mutation { first: rejectHolidayRequest(input: { id: "${other}", version: 1 }) { __typename }
         second: approveHolidayRequest(input: { id: "${mine}", version: 1 }) { ... on HolidayRequest { overlaps { requestId } } } }`
      // Nothing wakes the feed up between the two.
      const { data, errors } = await world.sql(async (client) => {
        await client.query('select pg_advisory_lock(1818978662)')
        return a.query(mutation, {}, ALICE)
      })
      expect(errors).toBeUndefined()
      expect(data).toEqual({ first: { __typename: 'HolidayRequest' }, second: { overlaps: [] } })
    }
  })

  it('is read on both instances though the reply then fails', async () => {
    const sql = (text: string) => world.sql((client) => client.query(text))
    await sql(
      'revoke select on holidays.employees from public; grant select (email, manager) on holidays.employees to public',
    )
    try {
      const mutation = `mutation ($input: ApproveHolidayRequestInput!) {
        approveHolidayRequest(input: $input) { ... on HolidayRequest { requestId employee { name } } } }`
      for (let time = 0; time < 10; time++) {
        const id = await insert(BOB, 'Pending')
        await until(async () => idsOf(await a.query(PENDING, {}, ALICE)).includes(id))
        const { errors, headers } = await a.query(mutation, { input: { id, version: 1 } }, ALICE)
        // Of the column if its right is known to have gone, or else of the row, by Postgres' word.
        expect(errors).toMatchObject([{ path: expect.arrayContaining(['approveHolidayRequest', 'employee']) }])
        const position = headers.get('x-position') ?? ''
        expect(idsOf(await a.query(PENDING, {}, ALICE))).not.toContain(id)
        expect(idsOf(await b.query(PENDING, {}, ALICE, { position }))).not.toContain(id)
      }
    } finally {
      await sql(
        'revoke select (email, manager) on holidays.employees from public; grant select on holidays.employees to public',
      )
    }
  })
})

describe('a position', () => {
  it.each([
    '',
    'x',
    '0123456789ab',
    '0123456789ab-',
    '0123456789ab--1',
    '0123456789ab-1.5',
    '0123456789AB-1',
    `0123456789ab-${'9'.repeat(30)}`,
  ])('that is none is 400: “%s”', async (position) => {
    const { status, errors } = await a.query(PENDING, {}, BOB, { position })
    expect([status, errors?.[0]?.extensions.code]).toEqual([400, 'BAD_REQUEST'])
  })

  it('ahead of the database is 400, and one of another epoch is answered past the cache', async () => {
    const position = (await warm(a, PENDING, BOB)).headers.get('x-position') ?? ''
    const ahead = await a.query(PENDING, {}, BOB, { position: position.replace(/-\d+$/, '-999999999999') })
    expect([ahead.status, ahead.errors?.[0]?.message]).toEqual([400, expect.stringContaining('ahead of the database')])
    const other = await a.query(PENDING, {}, BOB, { position: `0123456789ab-1` })
    expect([other.status, other.headers.get('cache-status')]).toEqual([
      200,
      expect.stringMatching(/fwd=bypass.*another epoch/),
    ])
    expect(isHit(await a.query(PENDING, {}, BOB, { position }))).toBe(true)
  })
})

it('who only asks for what is in memory needs no database, and isn’t shown it for longer than the feed vouches for it', async () => {
  const app = await startTestApp({ environment: { FEED_LIVE_MS: '400', FEED_POLL_MS: '100', FEED_IDLE_MS: '150' } })
  try {
    await warm(app, PENDING, BOB)
    app.statements()
    // Nobody reads: the feed goes to sleep, and its connection with it.
    await until(async () => {
      const { rows } = await app.sql((client) =>
        client.query(
          "select count(*)::int as n from pg_stat_activity where datname = current_database() and query ~ 'change_log' and pid <> pg_backend_pid()",
        ),
      )
      return rows[0].n === 0
    })
    await sleep(400)
    const id = await app.sql(async (client) => {
      const { rows } = await client.query(
        `insert into holidays.holiday_requests (employee_name, requester, status) values ('x', $1, 'Pending') returning request_id::text as id`,
        [BOB],
      )
      return rows[0].id
    })
    expect(idsOf(await app.query(PENDING, {}, BOB))).toContain(id)
  } finally {
    await app.close()
  }
})

it('mutations are never answered from memory', async () => {
  const { headers } = await a.query(mutationOf('withdraw'), { input: { id: '1', version: 1 } }, BOB)
  expect(headers.get('cache-status')).toContain('fwd=bypass')
})
