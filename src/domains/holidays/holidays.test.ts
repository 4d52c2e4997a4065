import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PERSONAS } from '../../../local/platform/personas.ts'
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts'
import { walk } from '../../../test/support/walk.ts'

const [ALICE, BOB, CAROL, DAVE] = [
  'alice@example.com',
  'bob@example.com',
  'carol@example.com',
  'dave@example.com',
] as const
const ALL =
  '{ holidayRequests(first: 500, orderBy: { field: START_DATE, direction: ASC }) { nodes { requestId employeeName startDate endDate status } } }'
const EXPECTED = `select request_id::text as "requestId", employee_name as "employeeName", start_date::text as "startDate",
  end_date::text as "endDate", upper(status) as status from holidays.holiday_requests order by start_date, request_id`

describe.each(['login', 'claims'])('with VIEWER_ACCESS=%s', (access) => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp({ environment: { VIEWER_ACCESS: access, CACHE: 'off' } })
  })
  afterAll(() => app.close())

  it('each persona sees what psql shows when logged in as that role, and they differ', async () => {
    const seen = new Map<string, string>()
    for (const { userName } of PERSONAS) {
      const { data, errors } = await app.query(ALL, {}, userName)
      expect(errors).toBeUndefined()
      const { rows } = await app.sql((client) => client.query(EXPECTED), userName)
      expect(data.holidayRequests.nodes, userName).toEqual(rows)
      seen.set(userName, rows.map(({ employeeName }) => employeeName).join())
    }
    expect(Object.fromEntries(seen)).toEqual({
      [ALICE]: 'Suzy,Joe,Bob,Bob',
      [BOB]: 'Bob,Bob',
      [CAROL]: 'Carol',
      [DAVE]: 'Charlie,Carol',
      'erin@example.com': '',
      '3d8e6f52-90c4-4f7b-8a6d-2b7c1e5f4a90': '',
    })
  })

  it('what isn’t one’s own isn’t there: by id, as a node, or by an edge', async () => {
    const { data: own } = await app.query('{ holidayRequests(first: 1) { nodes { id requestId } } }', {}, CAROL)
    const [{ id, requestId }] = own.holidayRequests.nodes
    const query = `query ($id: ID!, $number: ID!) { byId: holidayRequest(id: $id) { status } byNumber: holidayRequest(id: $number) { status }
      none: holidayRequest(id: "999999") { status } node(id: $id) { id } nodes(ids: [$id]) { id }
      holidayRequests(filter: { employee: "carol@example.com" }) { nodes { id } } employee: node(id: "RW1wbG95ZWU6Y2Fyb2xAZXhhbXBsZS5jb20") { id } }`
    const nothing = {
      byId: null,
      byNumber: null,
      none: null,
      node: null,
      nodes: [null],
      holidayRequests: { nodes: [] },
      employee: null,
    }
    expect(await app.query(query, { id, number: requestId }, BOB)).toMatchObject({ data: nothing, errors: undefined })
    const { data } = await app.query(query, { id, number: requestId }, DAVE)
    expect(data).toMatchObject({
      byId: { status: 'PENDING' },
      node: { id },
      nodes: [{ id }],
      employee: { id: 'RW1wbG95ZWU6Y2Fyb2xAZXhhbXBsZS5jb20' },
    })
  })

  it('employees see themselves, their manager and their reports, and nobody else', async () => {
    const email = ({ rows }: { rows: { email: string }[] }) => rows.map((row) => row.email)
    const asRole = async (role: string) =>
      email(await app.sql((client) => client.query('select email from holidays.employees order by 1'), role))
    expect(await asRole(BOB)).toEqual([ALICE, BOB])
    expect(await asRole(ALICE)).toEqual([ALICE, BOB, 'joe@example.com', 'suzy@example.com'])
    expect(await asRole('erin@example.com')).toEqual([DAVE, 'erin@example.com'])
    const query =
      '{ holidayRequests { nodes { employee { email name manager { name manager { name } } } manager { email } } } }'
    const { data, errors } = await app.query(query, {}, BOB)
    expect(errors).toBeUndefined()
    const bob = {
      employee: { email: BOB, name: 'Bob', manager: { name: 'Alice', manager: null } },
      manager: { email: ALICE },
    }
    expect(data.holidayRequests.nodes).toEqual([bob, bob])
  })

  it('edges of a page are one statement for each level', async () => {
    app.statements()
    await app.query(
      '{ holidayRequests { nodes { employee { name manager { name email } } manager { name } } } }',
      {},
      BOB,
    )
    expect(app.statements()).toEqual(['holidayRequests.page', 'employees.byIds'])
  })

  it('two viewers who ask the same at the same moment each get their own', async () => {
    for (let round = 0; round < 20; round++) {
      const answers = await Promise.all(
        [ALICE, BOB, CAROL, DAVE, ALICE, BOB].map(async (persona) => [
          persona,
          (await app.query(ALL, {}, persona)).data.holidayRequests.nodes.length,
        ]),
      )
      expect(answers).toEqual([
        [ALICE, 4],
        [BOB, 2],
        [CAROL, 1],
        [DAVE, 2],
        [ALICE, 4],
        [BOB, 2],
      ])
    }
  })
})

describe('holidayRequests', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp()
    await app.sql((client) =>
      client.query(`insert into holidays.holiday_requests (employee_name, start_date, end_date, status, requester, manager, decided_at)
        select 'Bob', case when n % 7 > 0 then date '2027-01-01' + n / 3 end, case when n % 5 > 0 then date '2027-01-03' + n / 2 end,
               (array['Pending', 'Approved', 'Rejected', 'Withdrawn'])[1 + n % 4], '${BOB}', '${ALICE}',
               case when n % 3 > 0 then timestamptz '2026-06-01' + n / 4 * interval '1 hour' end from generate_series(1, 60) n`),
    )
  })
  afterAll(() => app.close())

  it.each(['START_DATE', 'END_DATE', 'DECIDED_AT'])(
    'pages by %s meet each row once, both ways, NULL as largest',
    async (field) => {
      const column = field.toLowerCase()
      for (const direction of ['ASC', 'DESC']) {
        const { rows } = await app.sql(
          (client) =>
            client.query(
              `select request_id::text as id from holidays.holiday_requests order by ${column} ${direction}, request_id ${direction}`,
            ),
          ALICE,
        )
        const expected = rows.map(({ id }) => id)
        for (const way of ['forwards', 'backwards'] as const) {
          const args = `orderBy: { field: ${field}, direction: ${direction} }`
          expect(await walk(app, { field: 'holidayRequests', args, key: 'requestId', size: 7, way })).toEqual(expected)
        }
      }
    },
  )

  it.each([
    ['status: PENDING', "status = 'Pending'"],
    ['status: [APPROVED, REJECTED, APPROVED]', "status in ('Approved', 'Rejected')"],
    ['status: []', 'false'],
    [`employee: "${BOB}"`, `requester = '${BOB}'`],
    [
      'employee: "RW1wbG95ZWU6Ym9iQGV4YW1wbGUuY29t", status: WITHDRAWN',
      `requester = '${BOB}' and status = 'Withdrawn'`,
    ],
    ['dates: { from: "2027-01-05", until: "2027-01-09" }', "start_date < '2027-01-09' and end_date >= '2027-01-05'"],
    ['dates: { from: "2027-01-20" }', "end_date >= '2027-01-20'"],
    ['employee: "nobody@example.com"', 'false'],
  ])('filtered by %s are those with %s', async (filter, condition) => {
    const { data, errors } = await app.query(
      `{ holidayRequests(first: 500, filter: { ${filter} }) { nodes { requestId } } }`,
    )
    expect(errors).toBeUndefined()
    const { rows } = await app.sql(
      (client) =>
        client.query(
          `select request_id::text as "requestId" from holidays.holiday_requests where ${condition} order by start_date desc, request_id desc`,
        ),
      ALICE,
    )
    expect(data.holidayRequests.nodes).toEqual(rows)
  })

  it.each([
    ['holidayRequests(filter: { employee: "VHJpcDox" }) { nodes { id } }', 'filter.employee'],
    ['holidayRequests(filter: { employee: "" }) { nodes { id } }', 'filter.employee'],
    ['holidayRequest(id: "x") { id }', 'id'],
    ['holidayRequest(id: "VHJpcDox") { id }', 'id'],
  ])('%s names the argument that is wrong', async (query, argument) => {
    const { errors } = await app.query(`{ ${query} }`)
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument } }])
  })

  it('a number that no column could hold is just not there', async () => {
    expect(await app.query('{ holidayRequest(id: "9223372036854775807") { id } }')).toMatchObject({
      data: { holidayRequest: null },
      errors: undefined,
    })
  })

  it('a status that the API doesn’t know is said, and the rest is answered', async () => {
    await app.sql((client) =>
      client.query(`update holidays.holiday_requests set status = 'Pondering' where employee_name = 'Joe'`),
    )
    const { data, errors } = await app.query(
      '{ holidayRequests(filter: { employee: "joe@example.com" }) { nodes { employeeName status } } }',
    )
    expect(data.holidayRequests.nodes).toEqual([{ employeeName: 'Joe', status: null }])
    expect(errors).toMatchObject([{ extensions: { code: 'UNREPRESENTABLE_VALUE' } }])
  })
})

describe('overlaps', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp()
    await app.sql((client) =>
      client.query(`truncate holidays.holiday_requests restart identity;
        insert into holidays.holiday_requests (employee_name, start_date, end_date, status, requester)
        select 'x', date '2027-01-01' + n % 37, date '2027-01-01' + n % 37 + n % 5,
               (array['Pending', 'Approved', 'Rejected', 'Withdrawn'])[1 + n % 4],
               (array['${BOB}', 'joe@example.com', '${CAROL}'])[1 + n % 3] from generate_series(1, 200) n;
        insert into holidays.holiday_requests (employee_name, status, requester) values ('x', 'Pending', '${BOB}')`),
    )
  })
  afterAll(() => app.close())

  it('are what the viewer may see of others on the same days, by one statement for all', async () => {
    for (const persona of [ALICE, BOB, CAROL, 'erin@example.com']) {
      app.statements()
      const { data, errors } = await app.query(
        '{ holidayRequests(first: 300) { nodes { requestId overlaps(first: 5) { requestId status } } } }',
        {},
        persona,
      )
      expect(errors).toBeUndefined()
      expect(app.statements()).toEqual(
        data.holidayRequests.nodes.length > 0
          ? ['holidayRequests.page', 'holidayRequests.overlapsOf']
          : ['holidayRequests.page'],
      )
      const { rows } = await app.sql(
        (client) =>
          client.query(`select request_id::text as "requestId", array(
              select json_build_object('requestId', o.request_id::text, 'status', upper(o.status)) from holidays.holiday_requests o
               where o.status in ('Pending', 'Approved') and o.request_id <> r.request_id
                 and o.start_date <= r.end_date and o.end_date >= r.start_date order by o.start_date, o.request_id limit 5) as overlaps
            from holidays.holiday_requests r order by r.start_date desc, r.request_id desc`),
        persona,
      )
      expect(data.holidayRequests.nodes).toEqual(rows)
    }
  })

  it.each([-1, 51])('at most 50: first: %i is refused', async (first) => {
    const { errors } = await app.query(`{ holidayRequests(first: 1) { nodes { overlaps(first: ${first}) { id } } } }`)
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'first' } }])
  })
})
