import type { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { byHand, set } from '../../../test/support/by-hand.ts'
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts'

const [ALICE, BOB] = ['alice@example.com', 'bob@example.com']
const TABLE = 'holidays.holiday_requests'

/** What no viewer's role can do by psql. */
let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

const as = <T>(role: string, work: (client: Client) => Promise<T>) => app.sql(work, role)
const { run, refusal, pendingOf, rowOf } = byHand(() => app)

describe('nobody', () => {
  it.each([
    `delete from ${TABLE}`,
    `truncate ${TABLE}`,
    `alter table ${TABLE} disable trigger rules`,
    `drop trigger audit on ${TABLE}`,
    `create trigger mine after insert on ${TABLE} for each row execute function suppress_redundant_updates_trigger()`,
    `alter table ${TABLE} no force row level security`,
    `select nextval(pg_get_serial_sequence('${TABLE}', 'request_id'))`,
    'set session_replication_role = replica',
    "insert into holidays.employees values ('x', 'x', null)",
    `update holidays.employees set manager = '${BOB}'`,
    'delete from holidays.employees',
    'select * from lakebase_graphql.idempotency_keys',
    'select * from lakebase_graphql.operators',
  ])('may %s', async (text) => {
    for (const role of [ALICE, BOB]) expect(await refusal(role, text), role).toMatch(/^42501: /)
  })

  it('becomes somebody else by what they set', async () => {
    const { id } = await pendingOf(BOB)
    await as(BOB, async (client) => {
      await client.query("set lakebase_graphql.access = 'claims'")
      await client.query(`set lakebase_graphql.viewer = '${ALICE}'`)
      await client.query("set holidays.reading_chart = 'on'")
      await expect(client.query(set("status = 'Approved'", id))).rejects.toMatchObject({ code: 'LG101' })
      await client.query("set row_security = 'off'")
      await expect(client.query(set("status = 'Approved'", id))).rejects.toMatchObject({ code: '42501' })
    })
    expect(await rowOf(id)).toMatchObject({ status: 'Pending' })
  })

  it('is above the rules where policies bind: the app’s own role isn’t, as itself or for somebody', async () => {
    const { id } = await pendingOf(BOB)
    const text = `insert into ${TABLE} (employee_name, requester, status) values ('x', '${BOB}', 'Approved')`
    expect(await refusal('app', text)).toMatch(/^LG101: /)
    await run('app', set("status = 'Approved'", id))
    expect(await rowOf(id)).toMatchObject({ status: 'Pending' })
  })

  it('says more than status and note, not even the app’s own role, whose rights no grant limits, for somebody', async () => {
    const { id, first } = await pendingOf(BOB)
    const inClaims = (viewer: string, text: string) =>
      as('app', async (client) => {
        await client.query(`set lakebase_graphql.access = 'claims'; set lakebase_graphql.viewer = '${viewer}'`)
        await client.query(text)
      })
    const all = `employee_name = 'x', requester = '${ALICE}', manager = '${BOB}', version = 9, decided_by = 'x', decided_at = now() - interval '1 year',
      start_date = start_date + 1, end_date = end_date + 1, days = null, request_id = ${id + 1000}`
    await inClaims(ALICE, set(`status = 'Approved', ${all}`, id))
    const row = await rowOf(id)
    expect(row).toMatchObject({ employee_name: 'Bob', requester: BOB, manager: ALICE, version: 2, decided_by: ALICE })
    expect(Date.now() - row.decided_at).toBeLessThan(60_000)
    const [kept] = await run(
      'postgres',
      `select start_date::text as first, lower(days)::text as day from ${TABLE} where request_id = ${id}`,
    )
    expect(kept).toEqual({ first, day: first })
    await inClaims(
      BOB,
      `insert into ${TABLE} (employee_name, requester, manager, status, version, manager_note, decided_by, decided_at, start_date, end_date, days)
       values ('x', '${ALICE}', '${BOB}', 'Approved', 9, 'x', 'x', now(), current_date + 600, current_date + 600, null)`,
    )
    const [made] = await run(
      'postgres',
      `select *, days is null as free from ${TABLE} where start_date = current_date + 600`,
    )
    expect(made).toMatchObject({ employee_name: 'Bob', requester: BOB, manager: ALICE, status: 'Pending', version: 1 })
    expect(made).toMatchObject({ manager_note: null, decided_by: null, decided_at: null, free: false })
  })

  it('is above the rules in a session that replicates, either', async () => {
    await as('postgres', async (client) => {
      await client.query(`set session_replication_role = replica; set role "${BOB}"`)
      const text = `insert into ${TABLE} (start_date, end_date) values (current_date - 9, current_date - 8)`
      await expect(client.query(text)).rejects.toMatchObject({ code: 'LG103' })
    })
  })
})
