import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { VIEWERS_ROLE } from '../../local/lakehouse/roles.ts'
import { mutationOf } from '../support/holiday-mutations.ts'
import { startTestApp, type TestApp, until } from '../support/test-app.ts'

const [ALICE, BOB] = ['alice@example.com', 'bob@example.com']
const OWN = '{ holidayRequests(first: 50) { nodes { requestId employeeName managerNote } } }'
// Large enough to be kept as a buffer, which could be changed, and not as a text.
const SHARED = '{ trips(first: 300) { nodes { tripId pickupAt distance fare } } }'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ environment: { RIGHTS_MS: '300', PROOF_MS: '2000' } })
})
afterAll(() => app.close())

const sql = (text: string, values: unknown[] = []) => app.sql((client) => client.query(text, values))
const isWhole = ({ headers }: Response): boolean => /; hit; detail="answer"/.test(headers.get('cache-status') ?? '')
const getting = (query: string) => `${app.url}/api/graphql?query=${encodeURIComponent(query)}`
const get = (query: string, persona = BOB, headers: Record<string, string> = {}) =>
  fetch(getting(query), { headers: { accept: 'application/json', 'x-persona': persona, ...headers } })
const post = (query: string, persona = BOB, headers: Record<string, string> = {}) =>
  fetch(`${app.url}/api/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-persona': persona, ...headers },
    body: JSON.stringify({ query }),
  })

/** Asks until the whole answer comes from memory: other tests change roles now and then, which forgets everything. */
async function untilWhole(ask: () => Promise<Response>): Promise<{ headers: Headers; text: string }> {
  for (const deadline = performance.now() + 10_000; performance.now() < deadline; ) {
    const answer = await ask()
    const text = await answer.text()
    if (isWhole(answer)) return { headers: answer.headers, text }
  }
  throw new Error('no whole answer came from memory')
}

describe('a whole answer from memory', () => {
  it('is the same bytes each time, as it is and in each coding', async () => {
    const first = await (await post(SHARED)).text()
    expect(first.length).toBeGreaterThan(16_384)
    for (let time = 0; time < 30; time++) expect((await untilWhole(() => post(SHARED))).text).toBe(first)
    for (const coding of ['gzip', 'br']) {
      let seen = false
      await until(async () => {
        const answer = await get(SHARED, BOB, { 'accept-encoding': coding })
        expect(await answer.text()).toBe(first)
        seen = answer.headers.get('content-encoding') === coding
        if (seen) expect(answer.headers.get('etag')).toMatch(new RegExp(`-${coding}"$`))
        return seen
      })
    }
    const raw = await fetch(getting(SHARED), { headers: { 'x-persona': BOB, 'accept-encoding': 'identity' } })
    expect([raw.headers.get('content-encoding'), await raw.text()]).toEqual([null, first])
  })

  it('of one viewer is nobody else’s, whatever the text looks like', async () => {
    const texts = [
      OWN,
      'query Trips { trips: holidayRequests(first: 50) { nodes { requestId employeeName } } }',
      `${SHARED.slice(0, -1)} viewer { name email } }`,
      'query Q { ...Everyone } fragment Everyone on Query { mine: holidayRequests(first: 50) { nodes { employeeName } } }',
    ]
    for (const text of texts) {
      const mine = await untilWhole(() => post(text, BOB))
      for (const persona of [ALICE, 'carol@example.com', 'dave@example.com']) {
        const hers = await (await post(text, persona)).text()
        expect(hers).not.toBe(mine.text)
        expect((await untilWhole(() => post(text, persona))).text).toBe(hers)
      }
      expect((await untilWhole(() => post(text, BOB))).text).toBe(mine.text)
    }
  })

  it('that is everyone’s is shown to nobody who may not read it', async () => {
    await untilWhole(() => post(SHARED, ALICE))
    await sql(`revoke usage on schema taxi from ${VIEWERS_ROLE}; grant usage on schema taxi to "${ALICE}"`)
    try {
      await until(async () => (await (await post(SHARED, BOB)).text()).includes('FORBIDDEN'))
      await untilWhole(() => post(SHARED, ALICE))
      for (let time = 0; time < 20; time++) {
        await untilWhole(() => post(SHARED, ALICE))
        expect(await (await post(SHARED, BOB)).text()).toContain('FORBIDDEN')
      }
    } finally {
      await sql(`revoke usage on schema taxi from "${ALICE}"; grant usage on schema taxi to ${VIEWERS_ROLE}`)
    }
    await untilWhole(() => post(SHARED, BOB))
  })

  it('has no errors in it: those are made anew, with the id of their request', async () => {
    const query = `{ trips(first: 2) { nodes { id } } other: trips(first: 100000) { nodes { id } } holidayRequests { nodes { id } } }`
    for (let time = 0; time < 5; time++) {
      const answer = await post(query)
      const { errors } = await answer.json()
      expect(errors[0].extensions.requestId).toBe(answer.headers.get('x-request-id'))
      expect(isWhole(answer)).toBe(false)
    }
  })

  it('needs a viewer who is proven: no token, another’s e-mail and a token that has ended are refused as ever', async () => {
    await untilWhole(() => post(SHARED))
    const token = app.tokens.of(app.alice)
    const straight = (headers: Record<string, string>) =>
      fetch(`${app.appUrl}/api/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query: SHARED }),
      })
    expect((await straight({})).status).toBe(401)
    expect((await straight({ 'x-forwarded-access-token': `${token}x` })).status).toBe(401)
    await untilWhole(() => straight({ 'x-forwarded-access-token': token }))
    expect((await straight({ 'x-forwarded-access-token': token, 'x-forwarded-email': BOB })).status).toBe(403)
  })

  it('is as current as the client asks for, though nothing has woken this instance', async () => {
    const other = await startTestApp({ database: app.database })
    try {
      const list = '{ holidayRequests(first: 50, filter: { status: [PENDING] }) { nodes { requestId } } }'
      for (let time = 0; time < 5; time++) {
        const { rows } = await sql(
          `insert into holidays.holiday_requests (employee_name, requester, status, start_date, end_date)
           values ('x', $1, 'Pending', '2020-01-01', '2020-01-02') returning request_id::text as id`,
          [BOB],
        )
        const [{ id }] = rows
        await until(async () => (await untilWhole(() => post(list))).text.includes(`"${id}"`))
        const { data, headers } = await app.sql(async (client) => {
          await client.query('select pg_advisory_lock(1818978662)')
          const input = { id, version: 1 }
          return other.query(mutationOf('withdraw'), { input }, BOB)
        })
        expect(data.result.__typename).toBe('HolidayRequest')
        const answer = await post(list, BOB, { 'x-min-position': headers.get('x-position') ?? '' })
        expect(await answer.text()).not.toContain(`"${id}"`)
      }
    } finally {
      await other.close()
    }
  })
})

describe('a conditional request', () => {
  it('by GET is 304 while the viewer’s answer is that, kept or just made, and 200 when it has changed', async () => {
    const first = await get(OWN)
    const etag = first.headers.get('etag') ?? ''
    expect([first.status, etag]).toEqual([200, expect.stringMatching(/^"[\w-]+"$/)])
    for (const value of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      for (const kept of [true, false]) {
        if (kept) await untilWhole(() => get(OWN))
        // Past memory, by a position of no epoch.
        const headers = { 'if-none-match': value, ...(kept ? {} : { 'x-min-position': '000000000000-0' }) }
        const answer = await get(OWN, BOB, headers)
        expect([value, kept, answer.status, await answer.text()]).toEqual([value, kept, 304, ''])
        expect(answer.headers.get('etag')).toBe(etag)
        for (const name of ['cache-control', 'cache-status', 'vary', 'x-request-id', 'x-position']) {
          expect(answer.headers.get(name), name).not.toBeNull()
        }
        expect(answer.headers.get('content-type')).toBeNull()
      }
    }
    await sql(`insert into holidays.holiday_requests (employee_name, requester, status) values ('x', $1, 'Rejected')`, [
      BOB,
    ])
    await until(async () => (await get(OWN, BOB, { 'if-none-match': etag })).status === 200, 2_000)
  })

  it('of another media type is answered in full: what differs in type differs in its validator', async () => {
    const { headers } = await untilWhole(() => get(OWN))
    const others = { accept: 'application/graphql-response+json', 'if-none-match': headers.get('etag') ?? '' }
    for (let time = 0; time < 3; time++) expect((await get(OWN, BOB, others)).status).toBe(200)
  })

  it('with another viewer’s validator is answered in full, and without a viewer refused', async () => {
    const { headers } = await untilWhole(() => get(OWN, ALICE))
    const etag = headers.get('etag') ?? ''
    expect((await get(OWN, BOB, { 'if-none-match': etag })).status).toBe(200)
    const nobody = await fetch(getting(OWN).replace(app.url, app.appUrl), { headers: { 'if-none-match': etag } })
    expect(nobody.status).toBe(401)
    expect((await fetch(getting(OWN).replace(app.url, app.appUrl), { headers: { 'if-none-match': '*' } })).status).toBe(
      401,
    )
  })

  it('by POST is answered in full, and a mutation is done', async () => {
    const { headers } = await untilWhole(() => post(OWN))
    for (const value of [headers.get('etag') ?? '', '*']) {
      const answer = await post(OWN, BOB, { 'if-none-match': value })
      expect([answer.status, (await answer.json()).data.holidayRequests.nodes.length > 0]).toEqual([200, true])
    }
    const mutation = 'mutation { withdrawHolidayRequest(input: { id: "99999999", version: 1 }) { __typename } }'
    const done = await post(mutation, BOB, { 'if-none-match': '*' })
    expect([done.status, (await done.json()).data.withdrawHolidayRequest.__typename]).toEqual([200, 'NotFoundError'])
    const wrong = await fetch(getting(mutation), { headers: { 'x-persona': BOB, 'if-none-match': '*' } })
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, expect.stringContaining('POST')])
  })
})
