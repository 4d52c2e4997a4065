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
      await client.query("set row_security = 'off'").catch(() => undefined)
      await expect(client.query(set("status = 'Approved'", id))).rejects.toThrow()
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
})
