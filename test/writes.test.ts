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

  it.each(['40001', '40P01', '23P01'])(
    'that Postgres gives up for another’s sake (%s) is done all the same, once',
    async (code) => {
      const id = await pending()
      await whileUpdates(
        `if nextval('public.tries') <= 5 then raise exception using errcode = '${code}'; end if;`,
        async () => {
          const result = await mutate(app, 'approve', { id, version: 1, note: 'at last' }, ALICE)
          expect(result).toMatchObject({ status: 'APPROVED', version: 2, managerNote: 'at last' })
        },
      )
      expect(await audited(app, 'UPDATE', id)).toBe(1)
    },
  )

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

  it('that waits for somebody’s lock ends with the request’s time, leaves nothing behind, and works afterwards', async () => {
    const id = await pending()
    await app.sql(async (client) => {
      await client.query(`begin; select from ${TABLE} where request_id = ${id} for update`)
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
        expect(errors).toMatchObject([{ extensions: { code: 'TABLE_UNAVAILABLE' } }])
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

  it('leaves the connection reading only, as nobody in particular, and in no transaction', async () => {
    await mutate(app, 'approve', { id: await pending(), version: 1 }, ALICE)
    await mutate(app, 'approve', { id: '999999', version: 1 }, ALICE)
    const { rows } = await app.sql((client) =>
      client.query(
        `select distinct state from pg_stat_activity where datname = current_database() and application_name = 'lakebase-graphql'`,
      ),
    )
    expect(rows).toEqual([{ state: 'idle' }])
    const { data } = await app.query('{ holidayRequests(first: 500) { nodes { employeeName } } }', {}, BOB)
    expect(
      new Set(data.holidayRequests.nodes.map(({ employeeName }: { employeeName: string }) => employeeName)),
    ).toEqual(new Set(['Bob']))
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
