import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operations } from '../sdk/src/generated/operations.ts'
import { MAX_BATCH } from '../src/http/batch.ts'
import { audited, dayAhead, mutationOf } from './support/holiday-mutations.ts'
import type { Json } from './support/post.ts'
import { startTestApp, type TestApp, until } from './support/test-app.ts'

const [ALICE, BOB] = ['alice@example.com', 'bob@example.com']
const REQUESTS = 'holidays.holiday_requests'
const ME = '{ viewer { name } }'
const MINE = '{ holidayRequests(first: 50) { nodes { requestId employeeName managerNote } } }'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

interface BatchAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Json
  readonly text: string
}

async function batch(
  queries: unknown,
  persona = BOB,
  { to = app, headers = {} }: { to?: TestApp; headers?: Record<string, string> } = {},
): Promise<BatchAnswer> {
  const answer = await fetch(`${to.url}/api/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-persona': persona, ...headers },
    body: JSON.stringify(queries),
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: JSON.parse(text), text }
}
const codeOf = ({ body }: BatchAnswer): unknown => body.errors?.[0]?.extensions.code
const codesOf = ({ body }: BatchAnswer): unknown[] =>
  body.map(({ errors }: Json) => errors?.[0]?.extensions.code ?? 'none')

describe('a batch', () => {
  it('gives for each query what it would be given by itself, in their order', async () => {
    const queries = [
      { query: MINE },
      {
        query: 'query ($zip: String) { trips(first: 3, filter: { pickupZip: $zip }) { nodes { id fare } } }',
        variables: { zip: '10001' },
      },
      { documentId: operations.viewer.id },
      { query: 'query A { viewer { name } } query B { campaigns(first: 2) { nodes { name } } }', operationName: 'B' },
    ]
    const { status, headers, body } = await batch(queries)
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
    for (const [at, query] of queries.entries()) expect(body[at]).toEqual((await batch(query)).body)
    expect(body).toHaveLength(queries.length)
    expect(await batch([{ query: ME }])).toMatchObject({ body: [{ data: { viewer: { name: 'Bob' } } }] })
  })

  it('has an error for the query that is wrong, and answers the others', async () => {
    const answer = await batch([
      { query: ME },
      { query: '{ nothing }' },
      { query: '{' },
      { query: '{ trips(first: 100000) { nodes { id } } }' },
      { documentId: '0'.repeat(64) },
      { query: ME, documentId: operations.viewer.id },
      'query',
      [{ query: ME }],
      null,
      { query: ME, variables: [] },
    ])
    expect(answer.status).toBe(200)
    expect(answer.body[0]).toEqual({ data: { viewer: { name: 'Bob' } } })
    expect(codesOf(answer)).toEqual([
      ...['none', 'GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED', 'BAD_USER_INPUT', 'DOCUMENT_NOT_FOUND'],
      ...['BAD_REQUEST', 'BAD_REQUEST', 'BAD_REQUEST', 'BAD_REQUEST', 'BAD_REQUEST'],
    ])
    const ids = answer.body.slice(1).map(({ errors }: Json) => errors[0].extensions.requestId)
    expect(new Set(ids)).toEqual(new Set([answer.headers.get('x-request-id')]))
    expect(answer.text).not.toContain('"http"')
  })

  it('does no mutation', async () => {
    const before = await audited(app, 'INSERT')
    const [startDate, endDate] = [dayAhead(40), dayAhead(41)]
    const mutation = { query: mutationOf('create'), variables: { input: { startDate, endDate } } }
    for (const queries of [[mutation], [{ query: ME }, mutation], [mutation, mutation, { query: ME }]]) {
      const answer = await batch(queries)
      expect(codesOf(answer).filter((code) => code !== 'none')).toContain('BAD_REQUEST')
      expect(answer.text).toContain('Send a mutation by itself.')
    }
    expect(await audited(app, 'INSERT')).toBe(before)
  })

  it('of none or too many, or to answer as a stream, is refused', async () => {
    expect(codeOf(await batch([]))).toBe('BAD_REQUEST')
    const answer = await batch(Array.from({ length: MAX_BATCH + 1 }, () => ({ query: ME })))
    expect([answer.status, codeOf(answer)]).toEqual([400, 'BAD_REQUEST'])
    expect(answer.text).toContain(`1 to ${MAX_BATCH} queries; this one has ${MAX_BATCH + 1}`)
    const streamed = await batch([{ query: ME }], BOB, { headers: { accept: 'text/event-stream' } })
    expect([streamed.status, codeOf(streamed)]).toEqual([406, 'NOT_ACCEPTABLE'])
  })

  it.each([
    'application/json, text/plain, */*',
    'application/graphql-response+json,application/json;q=0.9',
    'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed',
    'application/json; charset=utf-8',
    'Application/JSON',
  ])('is answered to those who accept %s, as one query is', async (accept) => {
    const answer = await batch([{ query: ME }], BOB, { headers: { accept } })
    expect([answer.status, answer.body]).toEqual([200, [{ data: { viewer: { name: 'Bob' } } }]])
    expect(answer.headers.get('content-type')).toMatch(/^application\/(graphql-response\+)?json; charset=utf-8$/)
  })

  it('loads what its queries ask for together', async () => {
    const { rows } = await app.sql((client) => client.query('select id::text from taxi.trips_synced limit 8'))
    app.statements()
    const queries = rows.map(({ id }) => ({ query: `{ trip(id: "${id}") { tripId } }` }))
    const { body } = await batch(queries)
    expect(body.map(({ data }: Json) => data.trip.tripId)).toEqual(rows.map(({ id }) => id))
    expect(app.statements().filter((name) => name.startsWith('trip'))).toHaveLength(1)
  })

  it('of ten is answered however few a second may be', async () => {
    const limited = await startTestApp({ environment: { REQUESTS_PER_SECOND: '1' } })
    try {
      const ten = Array.from({ length: 10 }, (_, at) => ({ query: `{ a${at}: viewer { name } }` }))
      expect((await batch(ten, BOB, { to: limited })).status).toBe(200)
      expect((await batch(ten, BOB, { to: limited })).status).toBe(429)
    } finally {
      await limited.close()
    }
  })

  it('counts as its queries do', async () => {
    const limited = await startTestApp({ environment: { REQUESTS_PER_SECOND: '6' } })
    try {
      const four = () =>
        batch(
          Array.from({ length: 4 }, (_, at) => ({ query: `{ a${at}: viewer { name } }` })),
          BOB,
          { to: limited },
        )
      // Twelve at once; while three are asked for, not four come anew.
      const answers = [await four(), await four(), await four(), await four()]
      expect(answers.map(({ status }) => status)).toContain(429)
      expect((await batch({ query: ME }, ALICE, { to: limited })).status).toBe(200)
    } finally {
      await limited.close()
    }
  })
})

describe('a batch from memory', () => {
  const untilHit = async (persona: string): Promise<BatchAnswer> => {
    let answer: BatchAnswer | undefined
    await until(async () => {
      answer = await batch([{ query: ME }, { query: MINE }], persona)
      return /detail="answer"/.test(answer.headers.get('cache-status') ?? '')
    })
    if (!answer) throw new Error('there is none')
    return answer
  }

  it('is one viewer’s alone, and the same bytes', async () => {
    const first = await batch([{ query: ME }, { query: MINE }])
    expect((await untilHit(BOB)).text).toBe(first.text)
    const hers = await batch([{ query: ME }, { query: MINE }], ALICE)
    expect(hers.body[0].data.viewer.name).toBe('Alice')
    expect(hers.text).not.toBe(first.text)
    expect((await untilHit(ALICE)).text).toBe(hers.text)
  })

  it('is forgotten with a write', async () => {
    for (let time = 0; time < 5; time++) {
      await untilHit(BOB)
      const day = dayAhead(60 + 3 * time)
      const { data } = await app.query(mutationOf('create'), { input: { startDate: day, endDate: day } }, BOB)
      const after = await batch([{ query: ME }, { query: MINE }])
      expect(after.text).toContain(`"requestId":"${data.result.requestId}"`)
    }
  })

  it('is never one that has errors', async () => {
    for (let time = 0; time < 5; time++) {
      const answer = await batch([
        { query: '{ trips(first: 2) { nodes { id } } }' },
        { query: '{ trips(first: 100000) { nodes { id } } }' },
      ])
      expect(answer.body[1].errors[0].extensions.requestId).toBe(answer.headers.get('x-request-id'))
    }
  })
})

it('a batch is of one moment, whatever is committed between its queries', async () => {
  const { rows } = await app.sql((client) =>
    client.query(
      `insert into ${REQUESTS} (employee_name, requester, status, manager_note)
       values ('x', $1, 'Rejected', 'n0'), ('x', $1, 'Rejected', 'n0') returning request_id::text as id`,
      [BOB],
    ),
  )
  const [one, other] = rows.map(({ id }) => id)
  let stopped = false
  const writing = app.sql(async (client) => {
    for (let n = 1; !stopped; n++) {
      await client.query(`update ${REQUESTS} set manager_note = 'n${n}' where request_id = any ($1)`, [[one, other]])
      await sleep(1)
    }
  })
  const notes = new Set<string>()
  try {
    for (let read = 0; read < 150; read++) {
      const { body } = await batch([
        { query: `{ holidayRequest(id: "${one}") { managerNote } }` },
        { query: '{ holidayRequests(first: 1, filter: { status: [REJECTED] }) { nodes { requestId managerNote } } }' },
      ])
      const [{ data: first }, { data: second }] = body
      expect(second.holidayRequests.nodes[0]).toEqual({
        requestId: other,
        managerNote: first.holidayRequest.managerNote,
      })
      notes.add(first.holidayRequest.managerNote)
    }
  } finally {
    stopped = true
    await writing
  }
  expect(notes.size).toBeGreaterThan(10)
})
