import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isHit } from '../support/post.ts'
import { startTestApp, type TestApp, until } from '../support/test-app.ts'

const BOB = 'bob@example.com'
const REQUESTS = 'holidays.holiday_requests'

let app: TestApp
let id: string
beforeAll(async () => {
  app = await startTestApp({
    environment: {
      DB_MAX_CONNECTIONS_PER_VIEWER: '1',
      FEED_POLL_MS: '100',
      FEED_LIVE_MS: '500',
      REQUEST_TIMEOUT_MS: '4000',
    },
  })
  id = await app.sql(async (client) => {
    const { rows } = await client.query(
      `insert into ${REQUESTS} (employee_name, requester, status, manager_note) values ('x', $1, 'Rejected', 'n0') returning request_id::text as id`,
      [BOB],
    )
    return rows[0].id
  })
})
afterAll(() => app.close())

const sql = (text: string) => app.sql((client) => client.query(text))
const byId = () => `{ holidayRequest(id: "${id}") { requestId } }`
const ask = () => app.query(byId(), {}, BOB)
const isShown = async () => (await ask()).data?.holidayRequest !== null
const warm = () => until(async () => isHit(await ask()))
const forgotten = () => app.seen.flatMap((each) => (each.event === 'feed.forgot' ? [each.cause] : []))

/** A policy by which a row is hidden that another table names. */
const HIDE = `
  create table holidays.hidden (id bigint primary key); grant select on holidays.hidden to public;
  select lakebase_graphql.track_changes('holidays.hidden', 'id');
  create policy hide on ${REQUESTS} as restrictive for select using (request_id not in (select h.id from holidays.hidden h))`
const SHOW = `drop policy hide on ${REQUESTS}; drop table holidays.hidden`

describe('what is read while policies change', () => {
  it('isn’t kept with what it would have been made from before', async () => {
    await warm()
    await app.sql(async (client) => {
      // Bob's only connection waits for this.
      await client.query('begin; lock table holidays.employees in access exclusive mode')
      const occupied = app.query('{ node(id: "RW1wbG95ZWU6Ym9iQGV4YW1wbGUuY29t") { id } }', {}, BOB)
      await sleep(100)
      await sql(`update ${REQUESTS} set manager_note = 'n1' where request_id = ${id}`)
      await sleep(200)
      const first = ask()
      await sleep(50)
      await sql(`update ${REQUESTS} set manager_note = 'n2' where request_id = ${id}`)
      await sleep(200)
      const second = ask()
      await sleep(50)
      const before = forgotten().length
      await sql(HIDE)
      await until(async () => forgotten().slice(before).includes('proof'))
      await client.query('commit')
      await Promise.all([occupied, first, second])
    })
    await until(isShown)
    await sql(`insert into holidays.hidden values (${id})`)
    await until(async () => !(await isShown()), 1_000)
    await sql(SHOW)
    await until(isShown)
  })

  it('doesn’t rely on what was looked up for a state that has come and gone', async () => {
    await sql(`
      create table holidays.deeper (id bigint primary key); grant select on holidays.deeper to public;
      select lakebase_graphql.track_changes('holidays.deeper', 'id');
      ${HIDE};
      insert into holidays.hidden values (${id});
      create policy unless on holidays.hidden for select using (exists (select from holidays.deeper d where d.id = holidays.hidden.id));
      alter table holidays.hidden enable row level security`)
    await until(isShown)
    await warm()
    await app.sql(async (client) => {
      // Holds up what comes after the tables have been looked up.
      await client.query('begin; lock table lakebase_graphql.idempotency_keys in exclusive mode')
      await sql('alter table holidays.hidden disable row level security')
      await sleep(500)
      await sql('alter table holidays.hidden enable row level security')
      await sleep(300)
      await client.query('commit')
    })
    await warm()
    await sql(`insert into holidays.deeper values (${id})`)
    await until(async () => !(await isShown()), 1_000)
    await sql(`${SHOW}; drop table holidays.deeper`)
    await until(isShown)
  })
})

describe('where it can’t be known when what is shown changes', () => {
  it.each([
    [
      'since others inherit from the table',
      `create table holidays.child () inherits (${REQUESTS})`,
      'drop table holidays.child',
      /has partitions or children/,
    ],
    [
      'since a policy uses an operator over a function of somebody’s',
      `create function holidays.odd(bigint, integer) returns boolean language plpgsql stable as 'begin return true; end';
       create operator holidays.=~~ (leftarg = bigint, rightarg = integer, function = holidays.odd);
       create policy odd on ${REQUESTS} as restrictive for select using (request_id operator(holidays.=~~) 1)`,
      `drop policy odd on ${REQUESTS}; drop operator holidays.=~~ (bigint, integer); drop function holidays.odd(bigint, integer)`,
      /calls holidays\.odd/,
    ],
    [
      'since a policy reads a time from a text',
      `create policy text on ${REQUESTS} as restrictive for select using (('now'::text)::timestamptz > '2020-01-01')`,
      `drop policy text on ${REQUESTS}`,
      /depends on a conversion from text/,
    ],
    [
      'since a policy reads the catalog',
      `create policy catalog on ${REQUESTS} as restrictive for select using (exists (select from pg_roles))`,
      `drop policy catalog on ${REQUESTS}`,
      /not stored/,
    ],
  ])('nothing is kept: %s', async (_why, on, off, reason) => {
    await warm()
    await sql(on)
    await until(async () => reason.test((await ask()).headers.get('cache-status') ?? ''), 2_000)
    expect(isHit(await ask())).toBe(false)
    await sql(off)
    // Postgres forgets late that others have inherited.
    await sql(`analyze ${REQUESTS}`)
    await until(isShown)
    await warm()
  })
})

it('after a mutation whose time was up nothing is served that it has changed, here or on another instance', async () => {
  const slow = await startTestApp({ environment: { REQUEST_TIMEOUT_MS: '1500' } })
  try {
    const made = await slow.sql(async (client) => {
      const { rows } = await client.query(
        `insert into ${REQUESTS} (employee_name, requester, status, start_date, end_date)
         select 'x', $1, 'Pending', d, d from unnest(array['2030-01-01', '2030-01-02']::date[]) d returning request_id::text as id`,
        [BOB],
      )
      return rows.map((row) => row.id as string)
    })
    const query = `{ holidayRequest(id: "${made[0]}") { status } }`
    await until(async () => isHit(await slow.query(query, {}, BOB)))
    const withdraw = (name: string, of: string | undefined) =>
      `${name}: withdrawHolidayRequest(input: { id: "${of}", version: 1 }) { __typename }`
    await slow.sql(async (client) => {
      // Nobody wakes the feed up, the second field waits, and then no poll is answered.
      await client.query('select pg_advisory_lock(1818978662); begin')
      await client.query(`select from ${REQUESTS} where request_id = ${made[1]} for update`)
      const mutating = slow.query(`mutation { ${withdraw('a', made[0])} ${withdraw('b', made[1])} }`, {}, BOB)
      await until(async () => {
        const { rows } = await client.query(`select status from ${REQUESTS} where request_id = ${made[0]}`)
        return rows[0].status === 'Withdrawn'
      })
      await client.query('lock table lakebase_graphql.change_log in access exclusive mode')
      const answer = await mutating
      expect(answer.data).toMatchObject({ a: { __typename: 'HolidayRequest' }, b: null })
      // Of no epoch: asked for it, no instance answers from memory.
      expect(answer.headers.get('x-position')).toBe('000000000000-0')
      expect((await slow.query(query, {}, BOB)).data.holidayRequest.status).toBe('WITHDRAWN')
      await client.query('rollback')
    })
  } finally {
    await slow.close()
  }
}, 20_000)
