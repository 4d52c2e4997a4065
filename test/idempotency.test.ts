import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, audited, dayAhead, mutate, send } from './support/holiday-mutations.ts'
import { startTestApp, type TestApp } from './support/test-app.ts'

const [ALICE, BOB, CAROL] = ['alice@example.com', 'bob@example.com', 'carol@example.com']
const KEYS = 'lakebase_graphql.idempotency_keys'

describe.each(['login', 'claims'])('an Idempotency-Key, with VIEWER_ACCESS=%s', (access) => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp({ environment: { VIEWER_ACCESS: access } })
  })
  afterAll(() => app.close())

  let ahead = 60
  const next = () => {
    ahead += 5
    return ahead
  }

  it('sent three times has one effect, and the same answer each time', async () => {
    const [day, key] = [next(), 'three-times']
    const made = await ask(app, day, BOB, { key })
    for (let time = 0; time < 2; time++) expect(await ask(app, day, BOB, { key })).toEqual(made)
    expect(await audited(app, 'INSERT', made.requestId)).toBe(1)
    const decided = await mutate(app, 'approve', { id: made.requestId, version: 1, note: 'ok' }, ALICE, { key })
    expect(decided).toMatchObject({ status: 'APPROVED', version: 2, managerNote: 'ok' })
    expect(await mutate(app, 'approve', { note: 'ok', version: 1, id: made.requestId }, ALICE, { key })).toEqual(
      decided,
    )
    expect(await audited(app, 'UPDATE', made.requestId)).toBe(1)
  })

  it('sent twenty times at once has one effect, and the same answer each time', async () => {
    const [day, key] = [next(), 'at-once']
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(app, day, BOB, { key })))
    expect(answers[0]).toMatchObject({ __typename: 'HolidayRequest', version: 1 })
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(await audited(app, 'INSERT', answers[0].requestId)).toBe(1)
  })

  it('with other arguments is a typed error, and changes nothing', async () => {
    const [day, key] = [next(), 'other-arguments']
    const made = await ask(app, day, BOB, { key })
    expect(await ask(app, next(), BOB, { key })).toMatchObject({
      __typename: 'IdempotencyMismatchError',
      code: 'IDEMPOTENCY_MISMATCH',
    })
    const input = { id: made.requestId, version: 1 }
    await mutate(app, 'approve', { ...input, note: 'a' }, ALICE, { key })
    for (const note of ['b', undefined]) {
      expect(await mutate(app, 'approve', { ...input, note }, ALICE, { key })).toMatchObject({
        code: 'IDEMPOTENCY_MISMATCH',
      })
    }
    expect(await audited(app, 'UPDATE', made.requestId)).toBe(1)
  })

  it('is one viewer’s, and one mutation’s', async () => {
    const [day, key] = [next(), 'shared']
    const bobs = await ask(app, day, BOB, { key })
    const carols = await ask(app, day, CAROL, { key })
    expect(carols).toMatchObject({ __typename: 'HolidayRequest', status: 'PENDING' })
    expect(carols.requestId).not.toBe(bobs.requestId)
    const input = { id: bobs.requestId, version: 1 }
    expect(await mutate(app, 'reject', input, ALICE, { key })).toMatchObject({ status: 'REJECTED' })
    expect(await mutate(app, 'approve', input, ALICE, { key })).toMatchObject({ code: 'ALREADY_DECIDED' })
  })

  it('counts for each field of an operation by itself', async () => {
    const days = (day: number) => `{ startDate: "${dayAhead(day)}", endDate: "${dayAhead(day)}" }`
    const [first, second] = [next(), next()]
    const document = `mutation { a: createHolidayRequest(input: ${days(first)}) { ... on HolidayRequest { requestId } }
      b: createHolidayRequest(input: ${days(second)}) { ... on HolidayRequest { requestId } } }`
    const { data, errors } = await app.query(document, {}, BOB, { key: 'fields' })
    expect(errors).toBeUndefined()
    expect(data.a.requestId).not.toBe(data.b.requestId)
    expect((await app.query(document, {}, BOB, { key: 'fields' })).data).toEqual(data)
  })

  it('of a refusal gives that refusal, whatever has changed since; another key asks anew', async () => {
    const [day, key] = [next(), 'refused']
    const { requestId } = await ask(app, day, BOB)
    expect(await ask(app, day, BOB, { key })).toMatchObject({ code: 'OVERLAP', other: { requestId } })
    await mutate(app, 'withdraw', { id: requestId, version: 1 }, BOB)
    expect(await ask(app, day, BOB, { key })).toMatchObject({ code: 'OVERLAP', other: { requestId } })
    expect(await ask(app, day, BOB, { key: 'refused-2' })).toMatchObject({ __typename: 'HolidayRequest' })
    const gone = { id: '999999', version: 1 }
    const first = await mutate(app, 'approve', gone, ALICE, { key: 'gone' })
    expect(await mutate(app, 'approve', gone, ALICE, { key: 'gone' })).toEqual(first)
  })

  it('gives what was done as it is now, and only while the viewer may see it', async () => {
    const [day, key] = [next(), 'as-it-is']
    const { requestId } = await ask(app, day, BOB, { key })
    await mutate(app, 'approve', { id: requestId, version: 1 }, ALICE)
    expect(await ask(app, day, BOB, { key })).toMatchObject({ requestId, status: 'APPROVED', version: 2 })
    await app.sql((client) =>
      client.query('update holidays.holiday_requests set requester = $1 where request_id = $2', [CAROL, requestId]),
    )
    expect(await ask(app, day, BOB, { key })).toMatchObject({ __typename: 'DoneBeforeError', code: 'DONE_BEFORE' })
    expect(await audited(app, 'INSERT', requestId)).toBe(1)
  })

  it.each([
    ['{"kind":"REQUEST","id":"abc"}', /can’t be shown just now/],
    ['{"kind":5}', /^Unexpected error/],
    ['{"kind":"OVERLAP","message":{"a":1}}', /^$/],
  ])('whose outcome was made up by psql (%s) shows nothing, and is over soon', async (outcome, words) => {
    const key = `forged ${outcome}`.replaceAll(/[^a-z0-9]/gi, '-')
    const days = { startDate: dayAhead(next()), endDate: dayAhead(ahead) }
    await mutate(app, 'create', days, BOB, { key })
    await app.sql(
      (client) =>
        client.query("select lakebase_graphql.store_outcome($1, 'result:createHolidayRequest', $2)", [key, outcome]),
      BOB,
    )
    const started = performance.now()
    const { data, errors } = await send(app, 'create', days, BOB, { key })
    expect(errors?.[0]?.message ?? data.result.message).toMatch(words)
    expect(performance.now() - started).toBeLessThan(1_000)
  })

  it('can be claimed or read by psql for oneself only', async () => {
    await ask(app, next(), BOB, { key: 'mine' })
    const claim = (role: string) =>
      app.sql(
        (client) =>
          client.query("select state from lakebase_graphql.claim_key('mine', 'createHolidayRequest', 'x', 1000, true)"),
        role,
      )
    expect((await claim(CAROL)).rows).toEqual([{ state: 'claimed' }])
    await expect(app.sql((client) => client.query(`select from ${KEYS}`), BOB)).rejects.toMatchObject({ code: '42501' })
    await expect(claim('app')).rejects.toMatchObject({ code: '22023' })
  })
})

describe('keys', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp({ environment: { IDEMPOTENCY_KEY_MS: '1000', REQUEST_TIMEOUT_MS: '1000' } })
  })
  afterAll(() => app.close())

  it.each(['', ' ', 'two words', 'x'.repeat(256), 'schlüssel'])('like "%s" are refused', async (key) => {
    const answer = await fetch(`${app.url}/api/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ query: '{ viewer { name } }' }),
    })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] })
  })

  it('are forgotten when their time is over, and what is done then is done anew', async () => {
    const key = 'short'
    const { requestId } = await ask(app, 60, BOB, { key })
    await mutate(app, 'withdraw', { id: requestId, version: 1 }, BOB)
    expect(await ask(app, 60, BOB, { key })).toMatchObject({ requestId, status: 'WITHDRAWN' })
    await sleep(1_100)
    const again = await ask(app, 60, BOB, { key })
    expect(again).toMatchObject({ __typename: 'HolidayRequest', status: 'PENDING' })
    expect(again.requestId).not.toBe(requestId)
  })

  it('don’t pile up: those whose time is over are removed when an app looks at the tables', async () => {
    await app.sql((client) =>
      client.query(
        `insert into ${KEYS} select 'x', n::text, 'f', 'h', '{}', now() - interval '1 second' from generate_series(1, 10) n`,
      ),
    )
    await (await startTestApp({ database: app.database })).close()
    const { rows } = await app.sql((client) =>
      client.query(`select count(*)::int from ${KEYS} where expires_at < now()`),
    )
    expect(rows).toEqual([{ count: 0 }])
  })

  it('that can’t be removed don’t keep an app from starting, which then writes nothing else', async () => {
    const sql = (text: string) => app.sql((client) => client.query(text))
    await sql(`create function public.full_disk() returns trigger language plpgsql as $$ begin raise exception using errcode = '53100'; end $$;
      create trigger full_disk before insert or update or delete or truncate on ${KEYS} for each statement execute function public.full_disk();
      create trigger full_disk before insert or update or delete on lakebase_graphql.operators for each statement execute function public.full_disk()`)
    const other = await startTestApp({ database: app.database })
    expect(other.seen).toContainEqual({ event: 'sweep.failed', reason: expect.stringContaining('53100') })
    await other.close()
    await sql(`drop trigger full_disk on ${KEYS}; drop trigger full_disk on lakebase_graphql.operators`)
  })

  it('are bounded for each viewer; what was done under one can be learnt all the same', async () => {
    const known = await ask(app, 300, CAROL, { key: 'known' })
    await app.sql((client) =>
      client.query(
        `insert into ${KEYS} select '${CAROL}', n::text, 'f', 'h', '{}', now() + interval '1 day' from generate_series(1, 20000) n`,
      ),
    )
    const { errors } = await send(app, 'approve', { id: '4', version: 1 }, CAROL, { key: 'one-more' })
    expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }])
    expect(await ask(app, 300, CAROL, { key: 'known' })).toEqual(known)
    expect(await ask(app, 306, CAROL)).toMatchObject({ status: 'PENDING' })
    await app.sql((client) =>
      client.query(`update ${KEYS} set expires_at = now() - interval '1 s' where viewer = '${CAROL}'`),
    )
    expect(await ask(app, 303, CAROL, { key: 'free-again' })).toMatchObject({ status: 'PENDING' })
    expect(await mutate(app, 'approve', { id: '999999', version: 1 }, ALICE)).toMatchObject({ code: 'NOT_FOUND' })
  })
})
