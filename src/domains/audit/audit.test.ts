import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noteOutput } from '../../../test/support/secrets.ts'
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts'
import { createSchema, domains } from '../index.ts'

const [ALICE, BOB, DAVE, ERIN] = ['alice@example.com', 'bob@example.com', 'dave@example.com', 'erin@example.com']
const ENTRIES = `query ($filter: AuditFilter) { auditEntries(first: 100, filter: $filter) {
  nodes { at actor action table row before after requestId } } }`
const TABLE = 'holidays.holiday_requests'

const dayAhead = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

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

async function exported(app: TestApp, persona: string, query = '') {
  const answer = await fetch(`${app.url}/api/audit${query}`, { headers: { 'x-persona': persona } })
  const text = await answer.text()
  noteOutput(text)
  return {
    status: answer.status,
    text,
    lines: answer.ok
      ? text
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line))
      : [],
  }
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
      [{ table: 'holidays.employees' }, 0],
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
      const seenBy = async (persona: string) => (await bare.query(ENTRIES, {}, persona)).data.auditEntries.nodes.length
      expect(await seenBy(ALICE)).toBeGreaterThan(0)
      for (const persona of [BOB, DAVE, ERIN]) expect(await seenBy(persona)).toBe(0)
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
    [
      'create temp table holiday_requests (request_id int); create trigger audit after insert on holiday_requests for each row execute function lakebase_graphql.record_change()',
    ],
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
    expect(await refusal(ALICE, text)).not.toBe('0 rows')
    for (const role of [BOB, DAVE, 'app']) expect(await refusal(role, text)).toBe('0 rows')
  })

  it('cannot be given another’s name by SET ROLE: who logged in is who did it', async () => {
    await app.sql(async (client) => {
      await client.query(`set role "${BOB}"`)
      await client.query(`insert into ${TABLE} (start_date, end_date) values (current_date + 200, current_date + 201)`)
    })
    const { data } = await app.query(ENTRIES)
    expect(data.auditEntries.nodes[0]).toMatchObject({ actor: 'postgres', after: { requester: BOB } })
  })

  it('is exported whole, in parts, each entry once, also while others write and one takes long', async () => {
    await app.sql((client) =>
      client.query(
        `insert into ${TABLE} (employee_name, status, requester) select 'x', 'Pending', '${BOB}' from generate_series(1, 1200)`,
      ),
    )
    const seen = new Map<string, number>()
    const take = async () => {
      for (let after = [...seen.keys()].at(-1); ; after = [...seen.keys()].at(-1)) {
        const { status, lines } = await exported(app, ALICE, after === undefined ? '' : `?after=${after}`)
        expect(status).toBe(200)
        for (const { cursor } of lines) seen.set(cursor, (seen.get(cursor) ?? 0) + 1)
        if (lines.length === 0) return
      }
    }
    await app.sql(async (slow) => {
      await slow.query('begin')
      await slow.query(`insert into ${TABLE} (employee_name, status) values ('slow', 'Pending')`)
      await app.sql((client) =>
        client.query(`insert into ${TABLE} (employee_name, status) values ('quick', 'Pending')`),
      )
      await take()
      await slow.query('commit')
    })
    await take()
    const { rows } = await app.sql((client) =>
      client.query("select transaction || '.' || id as cursor from lakebase_graphql.audit"),
    )
    expect(rows.length).toBeGreaterThan(1_200)
    expect([...seen.keys()].sort()).toEqual(rows.map(({ cursor }) => cursor).sort())
    expect([...seen.values()].every((times) => times === 1)).toBe(true)
  })

  it.each(['?after=x', '?after=1', "?after=1.1'", '?after=99999999999999999999.1'])('refuses %s', async (query) => {
    const { status, text } = await exported(app, ALICE, query)
    expect(status).toBe(400)
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT', argument: 'after' } }] })
  })

  it('is exported by GET only', async () => {
    expect((await fetch(`${app.url}/api/audit`, { method: 'POST' })).status).toBe(405)
  })

  it('forgets operators whom the setting no longer names', async () => {
    const next = await startTestApp({ environment: { OPERATORS: DAVE }, database: app.database })
    try {
      const text = 'select from lakebase_graphql.audit'
      expect(await refusal(ALICE, text)).toBe('0 rows')
      expect(await refusal(DAVE, text)).not.toBe('0 rows')
    } finally {
      await next.close()
    }
  })
})
