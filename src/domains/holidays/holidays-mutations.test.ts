import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dayAhead } from '../../../test/support/holiday-mutations.ts'
import type { GraphQLAnswer, Json } from '../../../test/support/post.ts'
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts'

const [ALICE, BOB, CAROL, DAVE] = ['alice@example.com', 'bob@example.com', 'carol@example.com', 'dave@example.com']
const SERVICE = '3d8e6f52-90c4-4f7b-8a6d-2b7c1e5f4a90'

const REQUEST = `... on HolidayRequest { id requestId status version startDate endDate managerNote decidedBy decidedAt employee { name } manager { email } }`
const ERRORS = `... on MutationError { code message }
  ... on AlreadyDecidedError { request { requestId status version decidedBy } }
  ... on VersionConflictError { request { requestId status version } }`
const CREATE = `mutation ($input: CreateHolidayRequestInput!) { result: createHolidayRequest(input: $input) { __typename ${REQUEST}
  ... on MutationError { code message } ... on OverlapError { other { requestId startDate endDate } } } }`
const mutation = (name: string) =>
  `mutation ($input: ${name.charAt(0).toUpperCase()}${name.slice(1)}Input!) { result: ${name}(input: $input) { __typename ${REQUEST} ${ERRORS} } }`
const APPROVE = mutation('approveHolidayRequest')
const REJECT = mutation('rejectHolidayRequest')
const WITHDRAW = mutation('withdrawHolidayRequest')

describe.each(['login', 'claims'])('with VIEWER_ACCESS=%s', (access) => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp({ environment: { VIEWER_ACCESS: access } })
  })
  afterAll(() => app.close())

  const send = async (document: string, input: object, persona: string): Promise<Json> => {
    const { data, errors } = await app.query(document, { input }, persona)
    expect(errors).toBeUndefined()
    return data.result
  }
  let day = 60
  const pendingOf = async (persona: string): Promise<Json> => {
    day += 5
    const made = await send(CREATE, { startDate: dayAhead(day), endDate: dayAhead(day + 2) }, persona)
    expect(made).toMatchObject({ __typename: 'HolidayRequest' })
    return made
  }
  const storedRow = (id: string) =>
    app.sql(async (client) => {
      const { rows } = await client.query('select * from holidays.holiday_requests where request_id = $1', [id])
      return rows[0]
    })

  it('bob asks, alice approves, and both see it', async () => {
    const made = await pendingOf(BOB)
    expect(made).toMatchObject({
      status: 'PENDING',
      version: 1,
      decidedAt: null,
      employee: { name: 'Bob' },
      manager: { email: ALICE },
    })
    const note = 'Enjoy 🏖️ \u202Eעברית'
    const approved = await send(APPROVE, { id: made.id, version: 1, note }, ALICE)
    expect(approved).toMatchObject({
      __typename: 'HolidayRequest',
      requestId: made.requestId,
      status: 'APPROVED',
      version: 2,
      managerNote: note,
      decidedBy: ALICE,
      employee: { name: 'Bob' },
    })
    for (const persona of [ALICE, BOB]) {
      const { data } = await app.query(
        `{ holidayRequest(id: "${made.id}") { status version managerNote decidedAt } }`,
        {},
        persona,
      )
      const { decidedAt } = approved
      expect(data.holidayRequest).toEqual({ status: 'APPROVED', version: 2, managerNote: note, decidedAt })
    }
  })

  it('a rejected one is decided, a withdrawn one too: whoever comes late gets its state', async () => {
    const rejected = await pendingOf(BOB)
    expect(await send(REJECT, { id: rejected.requestId, version: 1 }, ALICE)).toMatchObject({ status: 'REJECTED' })
    const late = { __typename: 'AlreadyDecidedError', code: 'ALREADY_DECIDED' }
    for (const [document, persona] of [
      [APPROVE, ALICE],
      [REJECT, ALICE],
      [WITHDRAW, BOB],
    ] as const) {
      for (const version of [1, 2, 99]) {
        expect(await send(document, { id: rejected.id, version }, persona)).toMatchObject({
          ...late,
          message: 'The request is no longer pending: it is rejected.',
          request: { requestId: rejected.requestId, status: 'REJECTED', version: 2, decidedBy: ALICE },
        })
      }
    }
    const withdrawn = await pendingOf(BOB)
    expect(await send(WITHDRAW, { id: withdrawn.id, version: 1 }, BOB)).toMatchObject({
      status: 'WITHDRAWN',
      version: 2,
    })
    expect(await send(APPROVE, { id: withdrawn.id, version: 1 }, ALICE)).toMatchObject({
      ...late,
      request: { status: 'WITHDRAWN' },
    })
  })

  it.each([0, -1, 2, 2_147_483_647])(
    'version %i of a request that is at 1 is a conflict, and changes nothing',
    async (version) => {
      const { id, requestId } = await pendingOf(BOB)
      for (const [document, persona] of [
        [APPROVE, ALICE],
        [WITHDRAW, BOB],
      ] as const) {
        expect(await send(document, { id, version }, persona)).toMatchObject({
          __typename: 'VersionConflictError',
          code: 'VERSION_CONFLICT',
          request: { requestId, status: 'PENDING', version: 1 },
        })
      }
      expect(await storedRow(requestId)).toMatchObject({ status: 'Pending', version: 1 })
    },
  )

  it('what one sees but may not do is NOT_ALLOWED', async () => {
    const { id } = await pendingOf(BOB)
    expect(await send(APPROVE, { id, version: 1 }, BOB)).toMatchObject({
      __typename: 'NotAllowedError',
      code: 'NOT_ALLOWED',
      message: 'Nobody can decide about their own request.',
    })
    expect(await send(WITHDRAW, { id, version: 1 }, ALICE)).toMatchObject({ code: 'NOT_ALLOWED' })
    const days = { startDate: dayAhead(10), endDate: dayAhead(11) }
    expect(await send(CREATE, days, SERVICE)).toMatchObject({ code: 'NOT_ALLOWED' })
  })

  it('what isn’t there and what isn’t one’s own are answered by the same statements, byte by byte', async () => {
    const { id, requestId } = await pendingOf(BOB)
    const bodies = new Set<string>()
    const statements = new Set<string>()
    const other = Buffer.from('HolidayRequest:999999').toString('base64url')
    for (const persona of [CAROL, DAVE, SERVICE]) {
      for (const [given, version] of [
        [id, 1],
        [requestId, 1],
        [id, 7],
        [other, 1],
        ['999999', 1],
        ['9223372036854775807', 1],
        ['-1', 1],
      ]) {
        for (const document of [APPROVE, REJECT, WITHDRAW]) {
          app.statements()
          const { data, errors } = await app.query(document, { input: { id: given, version } }, persona)
          bodies.add(JSON.stringify({ data, errors }))
          statements.add(app.statements().join())
        }
      }
    }
    expect([...bodies]).toEqual([
      JSON.stringify({
        data: {
          result: {
            __typename: 'NotFoundError',
            code: 'NOT_FOUND',
            message: 'There is no holiday request with this id that you may see.',
          },
        },
      }),
    ])
    expect([...statements]).toEqual(['writes.claim,holidayRequests.decide,holidayRequests.byIds,writes.store'])
    expect(await storedRow(requestId)).toMatchObject({ status: 'Pending', version: 1 })
  })

  it.each([
    ['reversed', dayAhead(20), dayAhead(19)],
    ['in the past', '2020-01-01', '2020-01-02'],
    ['far ahead', '9999-12-30', '9999-12-31'],
    ['from the first year', '0001-01-01', '2027-01-01'],
    ['much too long', dayAhead(20), dayAhead(500)],
  ])('days that are %s are INVALID_DATES', async (_what, startDate, endDate) => {
    const { __typename, code, message } = await send(CREATE, { startDate, endDate }, BOB)
    expect({ __typename, code }).toEqual({ __typename: 'InvalidDatesError', code: 'INVALID_DATES' })
    expect(message).toMatch(/day/)
  })

  it('days of another request of one’s own are OVERLAP, with that one', async () => {
    const { startDate, endDate, requestId } = await pendingOf(BOB)
    for (const [from, to] of [
      [startDate, startDate],
      [endDate, dayAhead(day + 3)],
    ]) {
      const said = await send(CREATE, { startDate: from, endDate: to }, BOB)
      expect(said).toMatchObject({ code: 'OVERLAP', other: { requestId, startDate, endDate } })
    }
  })

  it('ten at once for the same days make one request', async () => {
    const days = { startDate: dayAhead(500), endDate: dayAhead(501) }
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(CREATE, days, BOB)))
    const made = answers.filter(({ __typename }) => __typename === 'HolidayRequest')
    expect(made).toHaveLength(1)
    for (const answer of answers) {
      if (answer !== made[0]) expect(answer).toMatchObject({ code: 'OVERLAP', other: { requestId: made[0].requestId } })
    }
  })

  it('one who is no longer the manager finds nothing to decide, and the next one decides', async () => {
    const { id } = await pendingOf(BOB)
    const reportTo = (manager: string | null) =>
      app.sql((client) => client.query('update holidays.employees set manager = $1 where email = $2', [manager, BOB]))
    try {
      await reportTo(null)
      expect(await send(APPROVE, { id, version: 1 }, ALICE)).toMatchObject({ code: 'NOT_FOUND' })
      const { data } = await app.query(`{ holidayRequest(id: "${id}") { status manager { email } } }`, {}, BOB)
      expect(data.holidayRequest).toEqual({ status: 'PENDING', manager: null })
      await reportTo(DAVE)
      expect(await send(APPROVE, { id, version: 1 }, ALICE)).toMatchObject({ code: 'NOT_FOUND' })
      const seen = await app.query(`{ holidayRequest(id: "${id}") { manager { email } } }`, {}, BOB)
      expect(seen.data.holidayRequest.manager).toEqual({ email: DAVE })
      expect(await send(APPROVE, { id, version: 1 }, DAVE)).toMatchObject({
        status: 'APPROVED',
        manager: { email: DAVE },
      })
    } finally {
      await reportTo(ALICE)
    }
  })

  it('several in one operation are done in order, each by itself, and what one reads is what the last has left', async () => {
    const { id } = await pendingOf(BOB)
    const { data, errors }: GraphQLAnswer = await app.query(
      `mutation ($id: ID!) {
        first: rejectHolidayRequest(input: { id: $id, version: 1, note: "no" }) { ... on HolidayRequest { status version employee { name } } }
        wrong: approveHolidayRequest(input: { id: "x", version: 1 }) { __typename }
        second: approveHolidayRequest(input: { id: $id, version: 2 }) { ${ERRORS} }
      }`,
      { id },
      ALICE,
    )
    expect(errors).toMatchObject([{ path: ['wrong'], extensions: { code: 'BAD_USER_INPUT', argument: 'input.id' } }])
    expect(data).toMatchObject({
      first: { status: 'REJECTED', version: 2, employee: { name: 'Bob' } },
      wrong: null,
      second: { code: 'ALREADY_DECIDED', request: { status: 'REJECTED', version: 2 } },
    })
  })
})

it('what an operation has loaded before it changes something is loaded anew after that', async () => {
  const app = await startTestApp()
  await app.sql((client) =>
    client.query(`insert into holidays.holiday_requests (request_id, employee_name, requester, status, start_date, end_date) values
      (101, 'Bob', '${BOB}', 'Pending', '2027-03-01', '2027-03-02'), (102, 'Joe', 'joe@example.com', 'Pending', '2027-03-02', '2027-03-03')`),
  )
  const overlaps = 'overlaps { requestId status }'
  const { data, errors } = await app.query(
    `mutation { first: rejectHolidayRequest(input: { id: "101", version: 1 }) { ... on HolidayRequest { ${overlaps} } }
       second: rejectHolidayRequest(input: { id: "102", version: 1 }) { ... on HolidayRequest { ${overlaps} } }
       third: rejectHolidayRequest(input: { id: "101", version: 1 }) { ... on AlreadyDecidedError { request { ${overlaps} } } } }`,
  )
  expect(errors).toBeUndefined()
  expect(data).toEqual({
    first: { overlaps: [{ requestId: '102', status: 'PENDING' }] },
    second: { overlaps: [] },
    third: { request: { overlaps: [] } },
  })
  await app.close()
})
