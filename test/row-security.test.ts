import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { VIEWERS_ROLE } from '../local/lakehouse/roles.ts'
import { PERSONAS } from '../local/platform/personas.ts'
import { withClient } from '../local/platform/platform.ts'
import { manyViewers } from './support/many-viewers.ts'
import { startTestApp, type TestApp, until } from './support/test-app.ts'

const [ALICE, BOB, CAROL] = ['alice@example.com', 'bob@example.com', 'carol@example.com'] as const
const REQUESTS = 'holidays.holiday_requests'
const QUERY = '{ holidayRequests { nodes { employeeName } } }'

let app: TestApp
const sql = (text: string, login?: string) => app.sql(async (client) => (await client.query(text)).rows, login)
const codes = async (persona: string) =>
  ((await app.query(QUERY, {}, persona)).errors ?? []).map(({ extensions }) => extensions.code)
const names = async (persona: string) => {
  const { data, errors } = await app.query(QUERY, {}, persona)
  return errors ?? data.holidayRequests.nodes.map(({ employeeName }: { employeeName: string }) => employeeName)
}

describe.each(['login', 'claims'])('with VIEWER_ACCESS=%s', (access) => {
  beforeAll(async () => {
    app = await startTestApp({ environment: { VIEWER_ACCESS: access, RIGHTS_MS: '100', CACHE: 'off' } })
  })
  afterAll(() => app.close())

  /** A look at the tables that began before they were mended may still end. */
  const untilShown = () =>
    until(async () => {
      const shown = await names(BOB)
      const isOff = shown[0].extensions?.code === 'TABLE_UNAVAILABLE'
      if (!isOff) expect(shown).toEqual(['Bob', 'Bob'])
      return !isOff
    })

  it.each([
    ['is switched off', 'disable row level security', 'enable row level security'],
    ['no longer binds the owner', 'no force row level security', 'force row level security'],
  ])('a table whose row-level security %s shows nobody anything, from that moment on', async (_what, off, on) => {
    await untilShown()
    await sql(`alter table ${REQUESTS} ${off}`)
    // Where viewers log in, none of them is the owner: that FORCE is gone binds them still.
    const binding = access === 'login' && off.startsWith('no force')
    for (let time = 0; time < 5; time++) {
      const answer = await app.query(QUERY, {}, BOB)
      const shown = answer.data?.holidayRequests?.nodes.map(
        ({ employeeName }: { employeeName: string }) => employeeName,
      )
      if (answer.errors) expect(answer.errors).toMatchObject([{ extensions: { code: 'TABLE_UNAVAILABLE' } }])
      else expect([binding, shown]).toEqual([true, ['Bob', 'Bob']])
    }
    expect((await app.query('{ trips(first: 1) { nodes { id } } }')).errors).toBeUndefined()
    await sql(`alter table ${REQUESTS} ${on}`)
    await untilShown()
  })

  it('a table that was swapped for a copy without policies shows nobody anything', async () => {
    await sql(`begin; create table holidays.copy (like ${REQUESTS} including all); insert into holidays.copy select * from ${REQUESTS};
      grant select on holidays.copy to public; alter table ${REQUESTS} rename to old; alter table holidays.copy rename to holiday_requests; commit`)
    for (let time = 0; time < 5; time++) expect(await codes(BOB)).toEqual(['TABLE_UNAVAILABLE'])
    await sql(`begin; drop table ${REQUESTS}; alter table holidays.old rename to holiday_requests; commit`)
    await untilShown()
  })

  it('the start says what is wrong with a table, and how to mend it', async () => {
    await sql(`alter table ${REQUESTS} no force row level security`)
    const other = await startTestApp({ database: app.database, environment: { VIEWER_ACCESS: access } })
    try {
      const { errors } = await other.query(QUERY)
      expect(errors).toMatchObject([{ extensions: { code: 'TABLE_UNAVAILABLE' } }])
      expect(errors?.[0]?.message).toContain('is not enabled and forced')
      const above = other.seen.find((each) => each.event === 'row_security.bypassed')
      expect(above).toMatchObject({ roles: expect.arrayContaining(['postgres']) })
      const problem = other.seen.find((each) => each.event === 'table.problem')
      expect(problem).toMatchObject({
        table: 'holidayRequests',
        mend: expect.stringContaining('FORCE ROW LEVEL SECURITY;'),
      })
    } finally {
      await other.close()
      await sql(`alter table ${REQUESTS} force row level security`)
      await until(async () => (await codes(BOB)).length === 0)
    }
  })
})

describe('where viewers log in', () => {
  // Roles are the server's, and other tests run meanwhile: those that are altered are nobody else's.
  const [DORA, EVE, FAY] = ['altered-0@example.com', 'altered-1@example.com', 'altered-2@example.com'] as const
  beforeAll(async () => {
    const personas = [...PERSONAS, ...(await manyViewers(3, { name: 'altered' }))]
    app = await startTestApp({ environment: { RIGHTS_MS: '100', CACHE: 'off' }, personas })
    await sql(
      `insert into ${REQUESTS} (employee_name, requester) values ('Dora', '${DORA}'), ('Eve', '${EVE}'), ('Fay', '${FAY}')`,
    )
  })
  afterAll(() => app.close())

  it.each(['bypassrls', 'superuser'])('one whose role has %s isn’t shown everything, but nothing', async (power) => {
    expect(await names(DORA)).toEqual(['Dora'])
    await sql(`alter role "${DORA}" ${power}`)
    try {
      const first = await codes(DORA)
      expect(['TABLE_UNAVAILABLE', 'FORBIDDEN']).toContain(first[0])
      await until(async () => (await codes(DORA))[0] === 'FORBIDDEN')
      expect(await names(BOB)).toEqual(['Bob', 'Bob'])
    } finally {
      await sql(`alter role "${DORA}" no${power}`)
    }
    await until(async () => (await codes(DORA)).length === 0)
  })

  it('one whose role bypassed it for a while sees nothing new afterwards, whatever Postgres has planned meanwhile', async () => {
    // Its rights are asked for once a minute: all of this comes between.
    const slow = await startTestApp({
      database: app.database,
      environment: { CACHE: 'off' },
      personas: [...PERSONAS, ...(await manyViewers(3, { name: 'altered' }))],
    })
    try {
      await slow.query(QUERY, {}, DORA)
      for (const fields of ['employeeName', 'employeeName status', 'employeeName version']) {
        const query = `{ holidayRequests(first: 50) { nodes { ${fields} } } }`
        if (fields !== 'employeeName version') await slow.query(query, {}, DORA)
        await sql(`alter role "${DORA}" bypassrls; analyze ${REQUESTS}`)
        const { errors } = await slow.query(query, {}, DORA)
        await sql(`alter role "${DORA}" nobypassrls`)
        // The latter if the feed has had its rights asked for anew already.
        expect(['TABLE_UNAVAILABLE', 'FORBIDDEN']).toContain(errors?.[0]?.extensions.code)
        let shown = 0
        await until(async () => {
          const { data, errors } = await slow.query(query, {}, DORA)
          // If the feed looked in between, she is refused until it looks again.
          if (errors) expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
          else expect(data.holidayRequests.nodes).toMatchObject([{ employeeName: 'Dora' }])
          if (!errors) shown++
          return shown === 3
        })
      }
    } finally {
      await slow.close()
    }
  })

  it('one whose role has got another’s name never sees the other’s rows on a connection from before', async () => {
    const rename = (a: string, b: string) =>
      sql(
        `alter role "${a}" rename to swapping; alter role "${b}" rename to "${a}"; alter role swapping rename to "${b}"`,
      )
    expect(await names(EVE)).toEqual(['Eve'])
    await rename(EVE, FAY)
    try {
      for (let time = 0; time < 5; time++) expect(JSON.stringify(await names(EVE))).not.toContain('Fay')
    } finally {
      await rename(EVE, FAY)
    }
    await until(async () => (await codes(EVE)).length === 0)
    expect(await names(EVE)).toEqual(['Eve'])
  })

  it('one whose role is dropped and made anew is refused until then, and not for longer', async () => {
    const [person] = await manyViewers(1, { name: 'recreated' })
    const { userName } = person ?? { userName: '' }
    const other = await startTestApp({ personas: person ? [person] : [], environment: { RIGHTS_MS: '50' } })
    try {
      expect((await other.query(QUERY, {}, userName)).errors).toBeUndefined()
      await sql(`drop role "${userName}"`)
      await other.forgetCredential(userName)
      await until(
        async () => (await other.query(QUERY, {}, userName)).errors?.[0]?.extensions.code === 'NO_DATABASE_ROLE',
      )
      await manyViewers(1, { name: 'recreated' })
      await until(async () => (await other.query(QUERY, {}, userName)).errors === undefined)
      expect((await other.query('{ viewer { roles } }', {}, userName)).data.viewer.roles).toEqual([VIEWERS_ROLE])
    } finally {
      await other.close()
    }
  })

  it('one who sets by psql what says who is asking sees nothing new', async () => {
    const seen = await app.sql(async (client) => {
      await client.query(
        `set lakebase_graphql.access = 'claims'; set lakebase_graphql.viewer = '${CAROL}'; set holidays.reading_chart = 'on'`,
      )
      const requests = await client.query(`select employee_name from ${REQUESTS}`)
      const chart = await client.query('select email from holidays.employees order by 1')
      return [requests.rows.map((row) => row.employee_name), chart.rows.map(({ email }) => email)]
    }, BOB)
    expect(seen).toEqual([
      ['Bob', 'Bob'],
      [ALICE, BOB],
    ])
  })

  it('the app’s own role sees nothing as itself, and as somebody only in a session that was opened for that', async () => {
    const seen = await app.sql(async (client) => {
      const count = async () => (await client.query(`select from ${REQUESTS}`)).rowCount
      const asItself = await count()
      await client.query(`set lakebase_graphql.viewer = '${CAROL}'`)
      const claiming = await count()
      await client.query(`set lakebase_graphql.access = 'claims'`)
      return [asItself, claiming, await count()]
    }, 'app')
    expect(seen).toEqual([0, 0, 1])
  })

  it('one who may not read a column by Postgres’ word isn’t shown it, and the rest is', async () => {
    await sql(`revoke select on ${REQUESTS} from public`)
    await sql(`grant select (request_id, start_date, employee_name, requester) on ${REQUESTS} to public`)
    await until(
      async () =>
        (await app.query('{ holidayRequests { nodes { status } } }', {}, BOB)).errors?.[0]?.extensions.code ===
        'FORBIDDEN',
    )
    expect(await names(BOB)).toEqual(['Bob', 'Bob'])
    await sql(`revoke select (request_id, start_date, employee_name, requester) on ${REQUESTS} from public`)
    await until(async () => (await codes(BOB))[0] === 'FORBIDDEN')
    await sql(`grant select on ${REQUESTS} to public`)
    await until(async () => (await codes(BOB)).length === 0)
  })

  it('one who has lost every right is refused on a warm connection too, before rights are asked for again', async () => {
    const slow = await startTestApp({ database: app.database, environment: { CACHE: 'off' } })
    try {
      expect((await slow.query(QUERY, {}, BOB)).errors).toBeUndefined()
      await sql(`revoke select on ${REQUESTS} from public`)
      expect((await slow.query(QUERY, {}, BOB)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
    } finally {
      await sql(`grant select on ${REQUESTS} to public`)
      await slow.close()
    }
  })
})

it('tables that are somebody else’s are off until their owner has run the SQL that the start says, and all else works', async () => {
  app = await startTestApp()
  const { lakehouse } = app.logins
  await sql(`drop schema holidays cascade; drop table lakebase_graphql.holidays_migrations;
    create schema holidays authorization ${lakehouse.user}; grant usage on schema holidays to public`)
  const asOwner = (text: string) => withClient(app.server, app.database, lakehouse, (client) => client.query(text))
  await asOwner(`create table ${REQUESTS} (request_id serial primary key, employee_name varchar(255) not null, start_date date,
      end_date date, status varchar(50) not null, manager_note text);
    insert into ${REQUESTS} (employee_name, start_date, end_date, status) values ('Joe', '2025-08-01', '2025-08-20', 'Pending'),
      ('Suzy', '2025-07-22', '2025-07-25', 'approved'), ('Charlie', '2025-08-01', '2025-08-05', 'declined')`)
  const other = await startTestApp({ database: app.database })
  try {
    expect((await other.query(QUERY)).errors).toMatchObject([{ extensions: { code: 'TABLE_UNAVAILABLE' } }])
    expect((await other.query('{ trips(first: 1) { nodes { id } } viewer { name } }')).errors).toBeUndefined()
    const problem = other.seen.find((each) => each.event === 'table.problem' && each.table === 'holidayRequests')
    const mend = problem?.event === 'table.problem' ? problem.mend : ''
    const [said = '', ...lines] = mend.split('\n')
    expect(said).toBe(`It belongs to ${lakehouse.user}, who runs:`)
    await asOwner(lines.join('\n'))
    await asOwner(lines.join('\n')) // it can be run again
    await sql(`insert into holidays.employees values ('alice@example.com', 'Alice', null), ('bob@example.com', 'Joe', 'alice@example.com');
      update ${REQUESTS} set requester = 'bob@example.com' where employee_name <> 'Charlie'`)
    await until(async () => (await other.query(QUERY)).errors === undefined, 15_000)
    const { data } = await other.query(
      '{ holidayRequests { nodes { employeeName status version employee { name manager { name } } } } }',
    )
    const employee = { name: 'Joe', manager: { name: 'Alice' } }
    expect(data.holidayRequests.nodes).toEqual([
      { employeeName: 'Joe', status: 'PENDING', version: 2, employee },
      { employeeName: 'Suzy', status: 'APPROVED', version: 2, employee },
    ])
  } finally {
    await other.close()
    await app.close()
  }
})
