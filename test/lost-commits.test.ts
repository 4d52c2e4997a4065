import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type FaultyProxy, startFaultyProxy } from './support/faulty-proxy.ts'
import { ask, audited, dayAhead, mutate, send } from './support/holiday-mutations.ts'
import { type OwnServer, startOwnServer } from './support/own-server.ts'
import { startTestApp, type TestApp } from './support/test-app.ts'

const [ALICE, BOB] = ['alice@example.com', 'bob@example.com']

describe.each(['login', 'claims'])('where the connection breaks around COMMIT, with VIEWER_ACCESS=%s', (access) => {
  let app: TestApp
  let proxy: FaultyProxy
  beforeAll(async () => {
    proxy = await startFaultyProxy(inject('server').port)
    app = await startTestApp({
      environment: { VIEWER_ACCESS: access, REQUEST_TIMEOUT_MS: '2000', PGPORT: String(proxy.port) },
    })
  })
  afterAll(async () => {
    await app.close()
    await proxy.close()
  })

  let ahead = 60
  const next = () => {
    ahead += 3
    return ahead
  }
  const pending = async () => (await ask(app, next(), BOB)).requestId

  it.each(['request', 'answer'] as const)('a lost %s is no lost write, and no double one', async (what) => {
    for (let round = 0; round < 5; round++) {
      const lost = proxy.lost()
      proxy.loseCommits(what, 1)
      const made = await ask(app, next(), BOB, round % 2 === 0 ? {} : { key: `${what}-${round}` })
      expect(made).toMatchObject({ __typename: 'HolidayRequest', status: 'PENDING', version: 1 })
      expect(await audited(app, 'INSERT', made.requestId)).toBe(1)
      proxy.loseCommits(what, 1)
      const decided = await mutate(app, 'approve', { id: made.requestId, version: 1, note: 'yes' }, ALICE)
      expect(decided).toMatchObject({ status: 'APPROVED', version: 2, managerNote: 'yes' })
      expect(await audited(app, 'UPDATE', made.requestId)).toBe(1)
      expect(proxy.lost()).toBeGreaterThanOrEqual(lost + 2)
    }
  })

  it('whose outcome can’t be learnt in time is said to be unknown, and its key tells it later', async () => {
    const id = await pending()
    const input = { id, version: 1 }
    const lost = proxy.lost()
    proxy.loseCommits('answer', 1)
    const sent = send(app, 'approve', input, ALICE, { key: 'unknown' })
    while (proxy.lost() === lost) await sleep(1)
    await sleep(5)
    proxy.swallow()
    const { status, headers, errors } = await sent
    proxy.heal()
    proxy.reset()
    expect(status).toBe(503)
    expect(headers.get('retry-after')).toBe('1')
    expect(errors).toMatchObject([
      { extensions: { code: 'OUTCOME_UNKNOWN' }, message: expect.stringContaining('the same Idempotency-Key') },
    ])
    const again = async (): Promise<unknown> => {
      const answer = await send(app, 'approve', input, ALICE, { key: 'unknown' })
      return answer.status === 200 ? answer.data.result : again()
    }
    expect(await again()).toMatchObject({ status: 'APPROVED', version: 2 })
    expect(await audited(app, 'UPDATE', id)).toBe(1)
  })

  it('before anything was committed, a database that is away is said to be, and nothing was written', async () => {
    const id = await pending()
    proxy.swallow()
    proxy.reset()
    const { status, errors } = await send(app, 'approve', { id, version: 1 }, ALICE)
    proxy.heal()
    proxy.reset()
    expect([503, 504]).toContain(status)
    expect(errors?.[0]?.extensions.code).toMatch(/^(UNAVAILABLE|DEADLINE_EXCEEDED)$/)
    expect(await audited(app, 'UPDATE', id)).toBe(0)
  })

  it('a connection that breaks after a rule has refused is tried again, and the refusal said', async () => {
    const id = await pending()
    const lost = proxy.lost()
    proxy.loseStatements('rollback to savepoint', 1)
    expect(await mutate(app, 'approve', { id, version: 1 }, BOB)).toMatchObject({ code: 'NOT_ALLOWED' })
    expect(proxy.lost()).toBe(lost + 1)
  })

  it('a client that leaves leaves all or nothing behind', async () => {
    for (let round = 0; round < 30; round++) {
      const controller = new AbortController()
      const startDate = dayAhead(next())
      const sent = send(app, 'create', { startDate, endDate: startDate }, BOB, {
        signal: controller.signal,
        key: startDate,
      })
      await sleep(Math.random() * 8)
      controller.abort()
      await sent.catch(() => undefined)
      const made = await mutate(app, 'create', { startDate, endDate: startDate }, BOB, { key: startDate })
      expect(await audited(app, 'INSERT', made.requestId)).toBe(1)
    }
  })
})

describe('where Postgres restarts between the change and the answer to COMMIT', () => {
  let server: OwnServer
  let proxy: FaultyProxy
  let app: TestApp
  beforeAll(async () => {
    server = await startOwnServer()
    proxy = await startFaultyProxy(server.port)
    app = await startTestApp({ server, database: server.database, environment: { PGPORT: String(proxy.port) } })
  }, 60_000)
  afterAll(async () => {
    await app.close()
    await proxy.close()
    await server.remove()
  })

  it.each(['request', 'answer'] as const)(
    'and the %s is lost, it is done once, and said so',
    async (what) => {
      await app.sql((client) =>
        client.query(
          `insert into holidays.employees values ('${ALICE}', 'Alice', null), ('${BOB}', 'Bob', '${ALICE}') on conflict do nothing`,
        ),
      )
      const lost = proxy.lost()
      proxy.loseCommits(what, 1)
      const sent = send(app, 'create', { startDate: dayAhead(60), endDate: dayAhead(60) }, BOB, { key: what })
      while (proxy.lost() === lost) await sleep(1)
      if (what === 'answer') await sleep(20)
      await server.stop()
      await server.start()
      let answer = await sent
      // What was lost before Postgres had it is known to be undone: the client may be told to come again.
      while (answer.status !== 200) {
        expect(answer.status).toBe(503)
        answer = await send(app, 'create', { startDate: dayAhead(60), endDate: dayAhead(60) }, BOB, { key: what })
      }
      expect(answer.data.result).toMatchObject({ __typename: 'HolidayRequest', status: 'PENDING' })
      const id = answer.data.result.requestId
      expect(await audited(app, 'INSERT', id)).toBe(1)
      await mutate(app, 'withdraw', { id, version: 1 }, BOB)
    },
    60_000,
  )
})
