import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isHit } from '../support/post.ts'
import { startTestApp, type TestApp, until } from '../support/test-app.ts'

const BOB = 'bob@example.com'
let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ environment: { FEED_LIVE_MS: '400', FEED_POLL_MS: '100', FEED_IDLE_MS: '150' } })
  await app.sql((client) =>
    client.query(
      `create table public.odd ("the ""key" text, "a,b" text, n int);
       select lakebase_graphql.track_changes('public.odd', 'the "key', '{"a,b"}')`,
    ),
  )
})
afterAll(() => app.close())

const sql = (text: string, values: unknown[] = []) => app.sql((client) => client.query(text, values))

/** As if eleven minutes had passed. Transactions that other tests have open keep the rows until they end. */
async function pruneAll(): Promise<void> {
  await sql(`update lakebase_graphql.change_log set at = at - interval '11 minutes'`)
  await until(async () => {
    await sql('select lakebase_graphql.prune_change_log()')
    const { rows } = await sql('select count(*)::int as n from lakebase_graphql.change_log')
    return rows[0].n === 0
  })
}

/** What is noted of some SQL in `public.odd`: rows as they were, then as they are. */
async function noted(text: string): Promise<((string | null)[][] | null)[]> {
  return app.sql(async (client) => {
    const { rows } = await client.query('select coalesce(max(id), 0) as last from lakebase_graphql.change_log')
    await client.query(text)
    const found = await client.query(
      `select row_values from lakebase_graphql.change_log where id > $1 and table_id = 'public.odd'::regclass order by id`,
      [rows[0].last],
    )
    return found.rows.map(({ row_values: values }) => values)
  })
}

describe('the log', () => {
  it('has old and new values of every row, whatever its names and values are', async () => {
    expect(await noted(`insert into public.odd values ('a:1?x=!', 'v', 1), ('b', null, 2)`)).toEqual([
      [
        ['a:1?x=!', 'v'],
        ['b', null],
      ],
    ])
    expect(await noted(`update public.odd set "the ""key" = 'c', "a,b" = 'w' where n = 1`)).toEqual([
      [
        ['a:1?x=!', 'v'],
        ['c', 'w'],
      ],
    ])
    expect(await noted(`delete from public.odd where n = 1`)).toEqual([[['c', 'w']]])
  })

  it('has nothing of statements that change nothing, nor of what is rolled back, to a savepoint either', async () => {
    expect(await noted(`update public.odd set n = 3 where false`)).toEqual([])
    expect(await noted(`begin; insert into public.odd values ('r', 'r', 9); rollback`)).toEqual([])
    expect(
      await noted(
        `begin; insert into public.odd values ('s', 's', 9); savepoint x; insert into public.odd values ('t', 't', 9); rollback to x; commit`,
      ),
    ).toEqual([[['s', 's']]])
  })

  it.each([
    ['too many rows', `insert into public.odd select 'k' || g, 'v', g from generate_series(1, 201) g`],
    ['a text that is too long', `insert into public.odd values ('long', repeat('x', 20001), 0)`],
    ['TRUNCATE', 'truncate public.odd'],
  ])('says that all of the table may have changed: %s', async (_what, text) => {
    expect(await noted(text)).toEqual([null])
  })

  it('is written past all rights to it, read by nobody else, and pruned when rows are old', async () => {
    await expect(app.sql((client) => client.query('select * from lakebase_graphql.change_log'), BOB)).rejects.toThrow(
      /permission denied/,
    )
    await expect(app.sql((client) => client.query('select lakebase_graphql.prune_change_log()'), BOB)).rejects.toThrow(
      /permission denied/,
    )
    await noted(`insert into public.odd select 'k' || g, 'v', g from generate_series(1, 5) g`)
    await sql('select lakebase_graphql.prune_change_log()')
    const { rows } = await sql('select count(*)::int as n from lakebase_graphql.change_log')
    expect(rows[0].n).toBeGreaterThan(0)
    await pruneAll()
  })
})

it('a feed that has slept for longer than the log goes back forgets everything', async () => {
  const { rows } = await sql(
    `insert into holidays.holiday_requests (employee_name, requester, status, manager_note) values ('x', $1, 'Rejected', 'before') returning request_id::text as id`,
    [BOB],
  )
  const query = `{ holidayRequest(id: "${rows[0].id}") { managerNote } }`
  await until(async () => isHit(await app.query(query, {}, BOB)))
  const feeds = `select from pg_stat_activity where datname = current_database() and query ~ 'change_log' and pid <> pg_backend_pid()`
  await until(async () => (await sql(feeds)).rowCount === 0)
  await sql(`update holidays.holiday_requests set manager_note = 'meanwhile' where request_id = $1`, [rows[0].id])
  await pruneAll()
  await sleep(400)
  for (let time = 0; time < 5; time++) {
    expect((await app.query(query, {}, BOB)).data.holidayRequest.managerNote).toBe('meanwhile')
  }
  expect(app.seen.some((each) => each.event === 'feed.forgot' && each.cause === 'pruned')).toBe(true)
})
