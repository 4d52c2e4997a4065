import type { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { byHand, set } from '../../../test/support/by-hand.ts'
import { manyViewers } from '../../../test/support/many-viewers.ts'
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts'

const [ALICE, BOB, CAROL, DAVE] = ['alice@example.com', 'bob@example.com', 'carol@example.com', 'dave@example.com']
const TABLE = 'holidays.holiday_requests'

/** What each role can do by psql, past our API: the rules are Postgres'. */
let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

const as = <T>(role: string, work: (client: Client) => Promise<T>) => app.sql(work, role)
const { run, refusal, pendingOf, rowOf, nextDay } = byHand(() => app)

describe('to ask', () => {
  it('sets everything but the days from who asks and from the chart', async () => {
    const { id } = await pendingOf(BOB)
    expect(await rowOf(id)).toMatchObject({
      request_id: String(id),
      employee_name: 'Bob',
      requester: BOB,
      manager: ALICE,
      status: 'Pending',
      version: 1,
      manager_note: null,
      decided_by: null,
      decided_at: null,
    })
  })

  it.each([
    ['request_id', '7'],
    ['requester', `'${CAROL}'`],
    ['employee_name', "'Carol'"],
    ['manager', `'${BOB}'`],
    ['status', "'Approved'"],
    ['version', '9'],
    ['manager_note', "'ok'"],
    ['decided_by', `'${ALICE}'`],
    ['decided_at', 'now()'],
    ['days', "'[2026-01-01,2026-01-02)'"],
  ])('never takes %s from who asks', async (column, value) => {
    const text = `insert into ${TABLE} (start_date, end_date, ${column}) values (current_date + 700, current_date + 701, ${value})`
    expect(await refusal(BOB, text)).toMatch(/^42501: permission denied/)
  })

  it.each([
    ['reversed', 'current_date + 601', 'current_date + 600', 'The last day lies before the first'],
    ['in the past', 'current_date - 3', 'current_date + 600', 'The first day lies in the past'],
    ['far ahead', 'current_date + 740', 'current_date + 741', 'more than two years ahead'],
    ['for ever', 'current_date + 600', "'infinity'", 'at most 366 days'],
    ['from infinity', "'infinity'", "'infinity'", 'more than two years ahead'],
    ['before all time', "'-infinity'", 'current_date', 'lies in the past'],
    ['very long', 'current_date + 100', 'current_date + 466', 'at most 366 days'],
    ['in the year 5874897', "'5874897-01-01'", "'5874897-01-01'", 'more than two years ahead'],
    ['without a last day', 'current_date + 600', 'null', 'needs a first and a last day'],
    ['without a first day', 'null', 'current_date + 600', 'needs a first and a last day'],
  ])('refuses days that are %s', async (_what, first, last, words) => {
    const said = await refusal(BOB, `insert into ${TABLE} (start_date, end_date) values (${first}, ${last})`)
    expect(said).toMatch(/^LG103: /)
    expect(said).toContain(words)
  })

  it('takes today as it is anywhere on earth, whatever the session’s time zone', async () => {
    const today = "timezone('Etc/GMT+12', now())::date"
    await as(BOB, async (client) => {
      await client.query("set timezone = 'Pacific/Kiritimati'")
      await client.query(`insert into ${TABLE} (start_date, end_date) values (${today}, ${today})`)
      await expect(
        client.query(`insert into ${TABLE} (start_date, end_date) values (${today} - 1, ${today} - 1)`),
      ).rejects.toMatchObject({ code: 'LG103' })
    })
  })

  it('refuses days of another request of one’s own that is pending or approved, and no others', async () => {
    const { id, first } = await pendingOf(BOB)
    const again = (from: number, to: number) =>
      refusal(
        BOB,
        `insert into ${TABLE} (start_date, end_date) values ('${first}'::date + ${from}, '${first}'::date + ${to})`,
      )
    for (const [from, to] of [
      [0, 2],
      [2, 2],
      [-1, 0],
      [1, 1],
      [-1, 4],
    ] as const) {
      expect(await again(from, to), `${from} to ${to}`).toMatch(/^LG104: /)
    }
    await run(ALICE, set("status = 'Approved'", id))
    expect(await again(1, 1)).toMatch(/^LG104: /)
    // Another's days are no matter, nor are those that were withdrawn or rejected.
    await run(CAROL, `insert into ${TABLE} (start_date, end_date) values ('${first}', '${first}')`)
    const mine = await pendingOf(BOB)
    await run(BOB, set("status = 'Withdrawn'", mine.id))
    await run(BOB, `insert into ${TABLE} (start_date, end_date) values ('${mine.first}', '${mine.first}')`)
    const rejected = await pendingOf(BOB)
    await run(ALICE, set("status = 'Rejected'", rejected.id))
    await run(BOB, `insert into ${TABLE} (start_date, end_date) values ('${rejected.first}', '${rejected.first}')`)
  })

  it('keeps two from overlapping that are made at the same moment', async () => {
    const day = nextDay()
    const insert = `insert into ${TABLE} (start_date, end_date) values (current_date + ${day}, current_date + ${day + 1})`
    await as(BOB, (first) =>
      as(BOB, async (second) => {
        for (const client of [first, second]) await client.query(`begin; select from ${TABLE}`)
        await first.query(insert)
        const waiting = second.query(insert)
        const refused = expect(waiting).rejects.toMatchObject({ code: '23P01' })
        await new Promise((resolve) => setTimeout(resolve, 50))
        await first.query('commit')
        await refused
      }),
    )
  })

  it.each(['repeatable read', 'serializable'])(
    'is not for transactions that are %s: they would see an old chart',
    async (level) => {
      const { id } = await pendingOf(BOB)
      await as(ALICE, async (client) => {
        await client.query(`begin isolation level ${level}; select from ${TABLE}`)
        await expect(client.query(set("status = 'Approved'", id))).rejects.toMatchObject({ code: '0A000' })
      })
      await as(BOB, async (client) => {
        await client.query(`begin isolation level ${level}`)
        const text = `insert into ${TABLE} (start_date, end_date) values (current_date + 690, current_date + 690)`
        await expect(client.query(text)).rejects.toMatchObject({ code: '0A000' })
      })
    },
  )

  it('isn’t held up by a request that an operator has taken from its employee', async () => {
    const { id, first } = await pendingOf(BOB)
    await run('postgres', `update ${TABLE} set requester = null where request_id = ${id}`)
    for (const role of [BOB, CAROL])
      await run(role, `insert into ${TABLE} (start_date, end_date) values ('${first}', '${first}')`)
  })

  it('has more numbers than refused requests could use up', async () => {
    const [column] = await run(
      'postgres',
      `select format_type(atttypid, null) as type, (select seqmax > 9e18 from pg_sequence where seqrelid = pg_get_serial_sequence('${TABLE}', 'request_id')::regclass) as many
         from pg_attribute where attrelid = '${TABLE}'::regclass and attname = 'request_id'`,
    )
    expect(column).toEqual({ type: 'bigint', many: true })
  })

  it('is for employees alone', async () => {
    const [stranger] = await manyViewers(1, { name: 'rules' })
    const text = `insert into ${TABLE} (start_date, end_date) values (current_date + 10, current_date + 11)`
    expect(await refusal(stranger?.userName ?? '', text)).toMatch(/^LG101: You are not in the chart/)
  })
})

describe('to decide', () => {
  it.each(['Approved', 'Rejected'])('is the manager’s: %s', async (status) => {
    const { id } = await pendingOf(BOB)
    await run(ALICE, set(`status = '${status}', manager_note = 'Enjoy 🏖️ عطلة'`, id))
    const row = await rowOf(id)
    expect(row).toMatchObject({ status, version: 2, manager: ALICE, decided_by: ALICE, manager_note: 'Enjoy 🏖️ عطلة' })
    expect(Date.now() - row.decided_at).toBeLessThan(60_000)
  })

  it('has happened when it was done, not when its transaction began', async () => {
    await as(ALICE, async (client) => {
      await client.query('begin; select')
      await new Promise((resolve) => setTimeout(resolve, 20))
      const { id } = await pendingOf(BOB)
      const { rows } = await client.query(
        `${set("status = 'Approved'", id)} returning decided_at > now() + interval '10 ms' as late`,
      )
      expect(rows).toEqual([{ late: true }])
      await client.query('rollback')
    })
  })

  it('is nobody else’s: strangers see nothing to decide about', async () => {
    const { id } = await pendingOf(BOB)
    for (const role of [CAROL, DAVE, 'erin@example.com']) await run(role, set("status = 'Approved'", id))
    expect(await rowOf(id)).toMatchObject({ status: 'Pending', version: 1 })
  })

  it('is never one’s own, not even if the chart says so, or said so', async () => {
    const { id } = await pendingOf(BOB)
    expect(await refusal(BOB, set("status = 'Approved'", id))).toMatch(/^LG101: Nobody can decide about their own/)
    const dave = await pendingOf(DAVE)
    expect(await refusal(DAVE, set("status = 'Approved'", dave.id))).toMatch(
      /^LG101: Nobody can decide about their own/,
    )
    await expect(
      run('postgres', `update holidays.employees set manager = email where email = '${BOB}'`),
    ).rejects.toMatchObject({ code: '23514' })
  })

  it('is the manager’s of the moment: of who has become it, no longer of who was it, and nobody’s where there is none', async () => {
    const { id } = await pendingOf(BOB)
    const reportTo = (manager: string | null) =>
      run('postgres', 'update holidays.employees set manager = $1 where email = $2', [manager, BOB])
    try {
      await reportTo(null)
      await run(ALICE, set("status = 'Approved'", id))
      await run(DAVE, set("status = 'Approved'", id))
      expect(await rowOf(id)).toMatchObject({ status: 'Pending' })
      await reportTo(DAVE)
      await run(ALICE, set("status = 'Approved'", id))
      expect(await rowOf(id)).toMatchObject({ status: 'Pending' })
      await run(DAVE, set("status = 'Rejected'", id))
      expect(await rowOf(id)).toMatchObject({ status: 'Rejected', decided_by: DAVE, manager: DAVE })
    } finally {
      await reportTo(ALICE)
    }
  })

  it.each([
    ['pending again', "status = 'Pending'"],
    ['something unheard of', "status = 'Pondering'"],
    ['nothing', 'status = null'],
    ['only another note', "manager_note = 'maybe'"],
  ])('is no way to make it %s', async (_what, assignments) => {
    const { id } = await pendingOf(BOB)
    expect(await refusal(ALICE, set(assignments, id))).toMatch(/^LG101: A pending request can be/)
    expect(await refusal(BOB, set(assignments, id))).toMatch(/^LG101: /)
    expect(await rowOf(id)).toMatchObject({ status: 'Pending', version: 1, manager_note: null })
  })

  it('refuses a note that is too long', async () => {
    const { id } = await pendingOf(BOB)
    const note = (length: number) => set(`status = 'Approved', manager_note = repeat('🏖', ${length})`, id)
    expect(await refusal(ALICE, note(2001))).toMatch(/^22001: /)
    await run(ALICE, note(2000))
  })

  it.each(['Approved', 'Rejected', 'Withdrawn'])('is over once it is %s, for everybody', async (status) => {
    const { id } = await pendingOf(BOB)
    await run(status === 'Withdrawn' ? BOB : ALICE, set(`status = '${status}'`, id))
    const before = await rowOf(id)
    for (const role of [ALICE, BOB]) {
      for (const next of ['Pending', 'Approved', 'Rejected', 'Withdrawn']) {
        expect(await refusal(role, set(`status = '${next}'`, id))).toMatch(/^LG102: The request is no longer pending/)
      }
    }
    expect(await rowOf(id)).toEqual(before)
  })

  it.each([
    'request_id',
    'employee_name',
    'start_date',
    'end_date',
    'requester',
    'manager',
    'version',
    'decided_by',
    'decided_at',
    'days',
  ])('leaves %s to the rules', async (column) => {
    const { id } = await pendingOf(BOB)
    for (const role of [ALICE, BOB]) {
      expect(await refusal(role, set(`status = 'Approved', ${column} = ${column}`, id))).toMatch(/^42501: /)
    }
  })
})

describe('to withdraw', () => {
  it('is the employee’s, not the manager’s', async () => {
    const { id } = await pendingOf(BOB)
    expect(await refusal(ALICE, set("status = 'Withdrawn'", id))).toMatch(/^LG101: Only the employee/)
    expect(await refusal(BOB, set("status = 'Withdrawn', manager_note = 'fine by me'", id))).toMatch(
      /^LG101: Only the manager/,
    )
    await run(BOB, set("status = 'Withdrawn'", id))
    expect(await rowOf(id)).toMatchObject({ status: 'Withdrawn', version: 2, decided_by: null, decided_at: null })
  })
})

it('operators may mend rows; the version counts that too', async () => {
  const { id } = await pendingOf(BOB)
  await run('postgres', set("status = 'Approved', end_date = end_date + 1", id))
  const [row] = await run(
    'postgres',
    `select version, status, upper(days) - lower(days) as days from ${TABLE} where request_id = ${id}`,
  )
  expect(row).toEqual({ version: 2, status: 'Approved', days: 4 })
})
