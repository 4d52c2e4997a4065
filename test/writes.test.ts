import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, audited, dayAhead, mutate, send } from './support/holiday-mutations.ts'
import { startTestApp, type TestApp, until } from './support/test-app.ts'

const [ALICE, BOB] = ['alice@example.com', 'bob@example.com']
const TABLE = 'holidays.holiday_requests'

describe.each(['login', 'claims'])('a write, with VIEWER_ACCESS=%s', (access) => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp({ environment: { VIEWER_ACCESS: access, REQUEST_TIMEOUT_MS: '2500', RIGHTS_MS: '1' } })
  })
  afterAll(() => app.close())

  let ahead = 60
  const pending = async (): Promise<string> => {
    ahead += 3
    return (await ask(app, ahead, BOB)).requestId
  }
  const operator = (text: string) => app.sql((client) => client.query(text))
  /** Has a trigger of an operator's run `body` at each update, for as long as `work` takes. */
  async function whileUpdates(body: string, work: () => Promise<void>): Promise<void> {
    await operator(`create sequence if not exists public.tries; alter sequence public.tries restart; grant usage on sequence public.tries to public;
      create or replace function public.meddle() returns trigger language plpgsql as $$ begin ${body} return new; end $$;
      create trigger a_meddle before update on ${TABLE} for each row execute function public.meddle()`)
    try {
      await work()
    } finally {
      await operator(`drop trigger a_meddle on ${TABLE}`)
    }
  }

  it.each([
    ['40001', 5],
    ['40P01', 5],
    ['23P01', 2],
  ])('that Postgres gives up for another’s sake (%s), %i times, is done all the same, once', async (code, times) => {
    const id = await pending()
    await whileUpdates(
      `if nextval('public.tries') <= ${times} then raise exception using errcode = '${code}'; end if;`,
      async () => {
        const result = await mutate(app, 'approve', { id, version: 1, note: 'at last' }, ALICE)
        expect(result).toMatchObject({ status: 'APPROVED', version: 2, managerNote: 'at last' })
      },
    )
    expect(await audited(app, 'UPDATE', id)).toBe(1)
  })

  it('that Postgres never lets through ends with the request’s time, and nothing is written', async () => {
    const id = await pending()
    await whileUpdates("raise exception using errcode = '40001';", async () => {
      const started = performance.now()
      const { status, errors } = await send(app, 'approve', { id, version: 1 }, ALICE)
      expect(performance.now() - started).toBeLessThan(4_000)
      expect(status).toBe(504)
      expect(errors).toMatchObject([{ extensions: { code: 'DEADLINE_EXCEEDED' } }])
    })
    expect(await audited(app, 'UPDATE', id)).toBe(0)
  })

  it('two that lock each other out are both done', async () => {
    const [first, second] = [await pending(), await pending()]
    const lockBoth = `perform pg_advisory_xact_lock(new.request_id); perform pg_sleep(0.1);
      perform pg_advisory_xact_lock(case when new.request_id = ${first} then ${second} else ${first} end);`
    await whileUpdates(lockBoth, async () => {
      const results = await Promise.all([first, second].map((id) => mutate(app, 'approve', { id, version: 1 }, ALICE)))
      expect(results).toMatchObject([{ status: 'APPROVED' }, { status: 'APPROVED' }])
    })
    const retried = app.seen.filter((each) => each.event === 'statement.retried' && each.reason.startsWith('40P01'))
    expect(retried.length).toBeGreaterThan(0)
    for (const id of [first, second]) expect(await audited(app, 'UPDATE', id)).toBe(1)
  })

  it('that waits for somebody’s lock says so in time, leaves nothing behind, and works afterwards', async () => {
    const id = await pending()
    await app.sql(async (client) => {
      await client.query(`begin; select from ${TABLE} where request_id = ${id} for update`)
      const { status, errors } = await send(app, 'approve', { id, version: 1 }, ALICE)
      expect(status).toBe(503)
      expect(errors).toMatchObject([
        {
          message: 'Nothing was written: somebody else is changing the same just now.',
          extensions: { code: 'UNAVAILABLE' },
        },
      ])
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => send(app, 'approve', { id, version: 1 }, ALICE)),
      )
      expect(answers.every(({ status }) => status === 504 || status === 503)).toBe(true)
      await client.query('rollback')
    })
    const open = () =>
      app.sql((client) =>
        client.query(
          `select count(*)::int from pg_stat_activity where datname = current_database() and state like 'idle in transaction%' or wait_event_type = 'Lock'`,
        ),
      )
    await until(async () => (await open()).rows[0].count === 0)
    expect(await audited(app, 'UPDATE', id)).toBe(0)
    expect(await mutate(app, 'approve', { id, version: 1 }, ALICE)).toMatchObject({ status: 'APPROVED' })
  })

  it('of one viewer who waits for a lock doesn’t keep others waiting', async () => {
    await app.sql(async (client) => {
      await client.query(
        "begin; select lakebase_graphql.claim_key('held', 'result:createHolidayRequest', 'x', 100000, true)",
      )
      const days = { startDate: dayAhead(600), endDate: dayAhead(600) }
      const waiting = Array.from({ length: 40 }, () => send(app, 'create', days, BOB, { key: 'held' }))
      await new Promise((resolve) => setTimeout(resolve, 200))
      for (let time = 0; time < 5; time++) {
        const started = performance.now()
        const { errors } = await app.query('{ holidayRequests(first: 1) { nodes { id } } }', {}, ALICE)
        expect(errors).toBeUndefined()
        expect(performance.now() - started).toBeLessThan(1_000)
      }
      await client.query('rollback')
      await Promise.all(waiting)
    }, BOB)
  })

  it('that meets a rule which the API doesn’t know, or a defect of ours, is neither tried again nor called an outage', async () => {
    const id = await pending()
    await whileUpdates("raise exception using errcode = 'LG150', message = 'a new rule';", async () => {
      const { status, errors } = await send(app, 'approve', { id, version: 1 }, ALICE)
      expect(status).toBe(200)
      expect(errors).toMatchObject([
        { message: 'Unexpected error. Nothing was written.', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
      ])
    })
    expect(app.seen.some((each) => each.event === 'statement.retried' && each.reason.includes('a new rule'))).toBe(
      false,
    )
    expect(app.seen.findLast((each) => each.event === 'request.failed')).toMatchObject({ error: { rule: 'LG150' } })
    expect(await audited(app, 'UPDATE', id)).toBe(0)
  })

  it('that was done isn’t hidden by what can’t be shown of it', async () => {
    ahead += 3
    const day = dayAhead(ahead)
    const { data, errors } = await app.query(
      `mutation { result: createHolidayRequest(input: { startDate: "${day}", endDate: "${day}" }) {
        ... on HolidayRequest { requestId overlaps(first: 51) { requestId } } } }`,
      {},
      BOB,
    )
    expect(errors).toMatchObject([{ path: ['result', 'overlaps'], extensions: { code: 'BAD_USER_INPUT' } }])
    expect(data.result).toEqual({ requestId: expect.stringMatching(/^\d+$/), overlaps: null })
  })

  it('whose transaction is another’s loser by the exclusion of overlaps learns with which request', async () => {
    const day = dayAhead(400)
    await app.sql(async (client) => {
      await client.query(
        `begin; insert into ${TABLE} (start_date, end_date) values ('${day}', '${day}') returning request_id`,
      )
      const { rows } = await client.query(`select max(request_id)::text as id from ${TABLE}`)
      const waiting = mutate(app, 'create', { startDate: day, endDate: day }, BOB)
      await new Promise((resolve) => setTimeout(resolve, 100))
      await client.query('commit')
      expect(await waiting).toMatchObject({ code: 'OVERLAP', other: { requestId: rows[0].id } })
    }, BOB)
  })

  it.each([
    ['is disabled', `alter table ${TABLE} disable trigger rules`],
    ['is off for this session’s role', `alter table ${TABLE} enable replica trigger rules`],
    ['has gone', `alter trigger rules on ${TABLE} rename to other_rules`],
  ])('is refused while the table’s trigger of rules %s', async (_what, text) => {
    const id = await pending()
    await operator(text)
    try {
      for (const [verb, input, persona] of [
        ['approve', { id, version: 1 }, BOB],
        ['approve', { id, version: 1 }, ALICE],
        ['create', { startDate: dayAhead(500), endDate: dayAhead(500) }, BOB],
      ] as const) {
        const { data, errors } = await send(app, verb, input, persona)
        expect(data).toEqual({ result: null })
        expect(errors).toMatchObject([
          { message: expect.stringContaining('its rules are missing'), extensions: { code: 'TABLE_UNAVAILABLE' } },
        ])
      }
    } finally {
      await operator(`do $$ begin alter trigger other_rules on ${TABLE} rename to rules; exception when undefined_object then null; end $$;
        alter table ${TABLE} enable always trigger rules`)
    }
    expect(await audited(app, 'UPDATE', id)).toBe(0)
    expect(await mutate(app, 'approve', { id, version: 1 }, ALICE)).toMatchObject({ status: 'APPROVED' })
  })

  it('is refused while row-level security doesn’t bind, and works when it does', async () => {
    const id = await pending()
    await operator(`alter table ${TABLE} disable row level security`)
    try {
      expect((await send(app, 'approve', { id, version: 1 }, BOB)).errors).toMatchObject([
        { extensions: { code: 'TABLE_UNAVAILABLE' } },
      ])
    } finally {
      await operator(`alter table ${TABLE} enable row level security`)
    }
    expect(await audited(app, 'UPDATE', id)).toBe(0)
    await until(async () => (await send(app, 'approve', { id, version: 1 }, ALICE)).errors === undefined)
    expect(await audited(app, 'UPDATE', id)).toBe(1)
  })
})

it('a write that Postgres lets nobody do any more is refused, and so said', async () => {
  const app = await startTestApp()
  const { requestId: id } = await ask(app, 60, BOB)
  await app.sql((client) => client.query(`revoke update (status, manager_note) on ${TABLE} from public`))
  const { errors } = await send(app, 'approve', { id, version: 1 }, ALICE)
  expect(errors).toMatchObject([
    { message: 'Your role in Postgres may not change this.', extensions: { code: 'FORBIDDEN' } },
  ])
  await app.sql((client) => client.query(`grant update (status, manager_note) on ${TABLE} to public`))
  expect(await mutate(app, 'approve', { id, version: 1 }, ALICE)).toMatchObject({ status: 'APPROVED' })
  await app.close()
})

it.each(['image/png', 'text/html', 'application/xml, text/plain', 'application/json; charset=utf-16'])(
  'a mutation whose answer nobody could read (Accept: %s) is refused before it is done',
  async (accept) => {
    const app = await startTestApp()
    const day = dayAhead(60)
    const query = `mutation { createHolidayRequest(input: { startDate: "${day}", endDate: "${day}" }) { __typename } }`
    const answer = await fetch(`${app.url}/api/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept, 'x-persona': BOB },
      body: JSON.stringify({ query }),
    })
    expect(answer.status).toBe(406)
    expect(app.statements()).toEqual([])
    await app.close()
  },
)
