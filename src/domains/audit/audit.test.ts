import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportedAudit as exported } from '../../../test/support/exported-audit.ts'
import { dayAhead } from '../../../test/support/holiday-mutations.ts'
import { startTestApp, type TestApp, until } from '../../../test/support/test-app.ts'
import { createSchema, domains } from '../index.ts'

const [ALICE, BOB, DAVE, ERIN] = ['alice@example.com', 'bob@example.com', 'dave@example.com', 'erin@example.com']
const ENTRIES = `query ($filter: AuditFilter) { auditEntries(first: 100, filter: $filter) {
  nodes { at actor action table row before after requestId } } }`
const TABLE = 'holidays.holiday_requests'

/** Sends a mutation, and gives what it came to with the id of the request. */
async function mutate(app: TestApp, persona: string, field: string) {
  const answer = await fetch(`${app.url}/api/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-persona': persona },
    body: JSON.stringify({
      query: `mutation { result: ${field} { ... on HolidayRequest { requestId } ... on MutationError { code } } }`,
    }),
  })
  return { ...(await answer.json()).data.result, from: answer.headers.get('x-request-id') }
}

describe.each(['login', 'claims'])('with VIEWER_ACCESS=%s', (access) => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp({ environment: { VIEWER_ACCESS: access, OPERATORS: `${ALICE}, support` } })
  })
  afterAll(() => app.close())

  it('says who changed what, from what to what, when, and by which request', async () => {
    const days = `startDate: "${dayAhead(60)}", endDate: "${dayAhead(61)}"`
    const { requestId: id, from: asked } = await mutate(app, BOB, `createHolidayRequest(input: { ${days} })`)
    await mutate(app, BOB, `approveHolidayRequest(input: { id: ${id}, version: 1 })`)
    const { from: decided } = await mutate(
      app,
      ALICE,
      `rejectHolidayRequest(input: { id: ${id}, version: 1, note: "no" })`,
    )
    await app.sql((client) => client.query(`update ${TABLE} set manager_note = 'oh' where request_id = $1`, [id]))
    await app.sql((client) => client.query(`delete from ${TABLE} where request_id = $1`, [id]))
    const { data, errors } = await app.query(ENTRIES, { filter: { table: TABLE, row: id } })
    expect(errors).toBeUndefined()
    const common = { table: TABLE, row: id, at: expect.stringMatching(/Z$/) }
    expect(data.auditEntries.nodes).toMatchObject([
      { ...common, actor: 'postgres', action: 'DELETE', before: { version: 3 }, after: null, requestId: null },
      {
        ...common,
        actor: 'postgres',
        action: 'UPDATE',
        before: { version: 2 },
        after: { version: 3, manager_note: 'oh' },
      },
      {
        ...common,
        actor: ALICE,
        action: 'UPDATE',
        before: { status: 'Pending', version: 1 },
        after: { status: 'Rejected', version: 2, manager_note: 'no', decided_by: ALICE },
        requestId: decided,
      },
      {
        ...common,
        actor: BOB,
        action: 'INSERT',
        before: null,
        after: { request_id: Number(id), requester: BOB, status: 'Pending' },
        requestId: asked,
      },
    ])
    const [{ at: last }, , { at: first }] = data.auditEntries.nodes
    for (const [filter, count] of [
      [{ table: TABLE, row: id, actor: ALICE }, 1],
      [{ table: TABLE, row: id, at: { from: first, until: last } }, 2],
      [{ table: 'holidays.nothing' }, 0],
      [{ requestId: decided }, 1],
    ] as const) {
      expect((await app.query(ENTRIES, { filter })).data.auditEntries.nodes, JSON.stringify(filter)).toHaveLength(count)
    }
  })

  it('is for operators, by name or by group, and for nobody else', async () => {
    expect((await app.query(ENTRIES, {}, ALICE)).data.auditEntries.nodes.length).toBeGreaterThan(0)
    expect((await app.query(ENTRIES, {}, ERIN)).data.auditEntries.nodes.length).toBeGreaterThan(0)
    expect((await exported(app, ERIN)).status).toBe(200)
    for (const persona of [BOB, DAVE, '3d8e6f52-90c4-4f7b-8a6d-2b7c1e5f4a90']) {
      const { data, errors } = await app.query(ENTRIES, {}, persona)
      expect(data).toBeNull()
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
      const { status, text } = await exported(app, persona)
      expect(status).toBe(403)
      expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] })
    }
  })

  it('is refused by Postgres too, where GraphQL’s rule is taken away', async () => {
    const schema = createSchema(domains, { disableScopeAuth: true })
    const environment = { VIEWER_ACCESS: access, OPERATORS: ALICE }
    const bare = await startTestApp({ environment, schema, database: app.database })
    try {
      expect((await bare.query(ENTRIES, {}, ALICE)).data.auditEntries.nodes.length).toBeGreaterThan(0)
      for (const persona of [BOB, DAVE, ERIN]) {
        const { data, errors } = await bare.query(ENTRIES, {}, persona)
        // A role of one's own has no SELECT; for somebody who has none of one's own, the policy shows nothing.
        if (access === 'login') expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
        else expect(data.auditEntries.nodes).toEqual([])
      }
    } finally {
      await bare.close()
    }
  })
})

describe('the audit', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp({ environment: { OPERATORS: ALICE } })
  })
  afterAll(() => app.close())

  const refusal = (role: string, text: string) =>
    app
      .sql((client) => client.query(text), role)
      .then(
        ({ rowCount }) => `${rowCount} rows`,
        (error: { code?: string }) => error.code,
      )

  it.each([
    [`insert into lakebase_graphql.audit (actor, action, table_name) values ('${ALICE}', 'UPDATE', '${TABLE}')`],
    [`update lakebase_graphql.audit set actor = '${ALICE}'`],
    ['delete from lakebase_graphql.audit'],
    ['truncate lakebase_graphql.audit'],
    ['alter table lakebase_graphql.audit disable trigger append_only'],
    ['select lakebase_graphql.record_change()'],
  ])('can’t be forged or changed by viewers, operators included: %s', async (text) => {
    for (const role of [ALICE, BOB]) expect(await refusal(role, text)).toMatch(/^(42501|0A000)$/)
  })

  it.each([
    ["insert into lakebase_graphql.audit (actor, action, table_name) values ('x', 'UPDATE', 'y')"],
    ["update lakebase_graphql.audit set actor = 'x'"],
    ['delete from lakebase_graphql.audit'],
    ['truncate lakebase_graphql.audit'],
  ])('not even by the app’s own role, whose statements carry viewers’ texts: %s', async (text) => {
    expect(await refusal('app', text)).toBe('42501')
  })

  it('is changed by no superuser by accident', async () => {
    expect(await refusal('postgres', 'delete from lakebase_graphql.audit')).toBe('42501')
  })

  it('shows by psql what it shows by the API: everything to operators, nothing to others', async () => {
    await mutate(app, BOB, `createHolidayRequest(input: { startDate: "${dayAhead(90)}", endDate: "${dayAhead(91)}" })`)
    const text = 'select from lakebase_graphql.audit'
    expect(await refusal(ALICE, text)).toMatch(/^[1-9]\d* rows$/)
    for (const role of [BOB, DAVE]) expect(await refusal(role, text)).toBe('42501')
    expect(await refusal('app', text)).toBe('0 rows')
  })

  it('can’t be written to by way of a table of one’s own', async () => {
    await app.sql((client) => client.query(`grant create on schema public to "${BOB}"`))
    const [table, as] = [
      'public.holiday_requests',
      { code: '42501', message: expect.stringContaining('record_change') },
    ]
    await app.sql(async (client) => {
      await client.query(`create table ${table} (request_id int)`)
      const trigger = `create trigger audit after insert on ${table} for each row execute function lakebase_graphql.record_change('request_id')`
      await expect(client.query(trigger)).rejects.toMatchObject(as)
    }, BOB)
  })

  it('is shown to nobody for what they set by psql', async () => {
    await app.sql(async (client) => {
      await client.query("set lakebase_graphql.access = 'claims'")
      await client.query(`set lakebase_graphql.viewer = '${ALICE}'`)
      await client.query(`set lakebase_graphql.groups = '["${ALICE}"]'`)
      await expect(client.query('select from lakebase_graphql.audit')).rejects.toMatchObject({ code: '42501' })
      const { rows } = await client.query('select lakebase_graphql.is_operator() as operator')
      expect(rows).toEqual([{ operator: false }])
    }, BOB)
  })

  it('cannot be given another’s name by SET ROLE: who logged in is who did it', async () => {
    await app.sql(async (client) => {
      await client.query(`set role "${BOB}"`)
      await client.query(`insert into ${TABLE} (start_date, end_date) values (current_date + 200, current_date + 201)`)
    })
    const { data } = await app.query(ENTRIES)
    expect(data.auditEntries.nodes[0]).toMatchObject({ actor: 'postgres', after: { requester: BOB } })
  })

  it('has the chart’s changes too', async () => {
    await app.sql((client) => client.query(`update holidays.employees set name = 'Robert' where email = '${BOB}'`))
    const { data } = await app.query(ENTRIES, { filter: { table: 'holidays.employees', row: BOB } })
    expect(data.auditEntries.nodes[0]).toMatchObject({ before: { name: 'Bob' }, after: { name: 'Robert' } })
  })

  it('tells nobody by EXPLAIN what it doesn’t show', async () => {
    const text = `explain (analyze) select from lakebase_graphql.audit where actor = '${ALICE}'`
    for (const role of [BOB, DAVE]) expect(await refusal(role, text)).toBe('42501')
  })

  it('forgets operators whom the setting no longer names, for good', async () => {
    const next = await startTestApp({ environment: { OPERATORS: DAVE }, database: app.database })
    const text = 'select from lakebase_graphql.audit'
    expect(await refusal(ALICE, text)).toBe('42501')
    expect(await refusal(DAVE, text)).toMatch(/^[1-9]\d* rows$/)
    await next.close()
    // An older instance that looks at its tables again doesn't put its own list back.
    const from = app.seen.length
    const lookedAgain = () => app.seen.slice(from).some((each) => each.event === 'table.problem')
    await app.sql((client) => client.query(`alter table ${TABLE} no force row level security`))
    await app.query('{ trips(first: 1) { nodes { id } } }')
    await app.sql((client) =>
      client.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'lakebase-graphql'`),
    )
    await until(lookedAgain)
    expect(await refusal(DAVE, text)).toMatch(/^[1-9]\d* rows$/)
  })
})
