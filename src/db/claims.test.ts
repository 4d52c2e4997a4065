import sql, { type Sql } from 'sql-template-tag'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { startTestApp, type TestApp } from '../../test/support/test-app.ts'
import { toViewer } from '../identity/viewer.ts'
import { type ConnectionPool, createPool, type Run } from './pool.ts'
import { statement } from './statement.ts'

const viewer = (userName: string) =>
  toViewer({ id: userName, userName, displayName: userName, emails: [], groups: [] }, undefined)
const [BOB, CAROL] = [viewer('bob@example.com'), viewer('carol@example.com')]

let app: TestApp
let pool: ConnectionPool
beforeAll(async () => {
  app = await startTestApp()
  const { host, port, logins } = inject('server')
  const { user, password } = logins.app
  pool = createPool(
    {
      ...{ host, port, user, database: app.database, tls: false, viewerAccess: 'claims', statementTimeoutMs: 5_000 },
      password: { get: async () => password, refuse: () => undefined },
      // One for all: each statement has what the one before has left.
      connections: { max: 1, maxPerViewer: 1, idleMs: 60_000, lifeMs: 60_000, queueMs: 5_000 },
    },
    () => undefined,
  )
})
afterAll(async () => {
  await pool.close()
  await app.close()
})

const run = (as: Run['as'], text: Sql, signal = new AbortController().signal) =>
  pool.run(statement('test', ['value', 'pid'], text), { as, signal, openedAfter: 0 })

const WHO = sql`select coalesce(lakebase_graphql.viewer(), 'nobody'), pg_backend_pid()`
const who = async (as: Run['as']) => (await run(as, WHO))[0]

async function nobodyIsLeft(pid: string | null | undefined): Promise<void> {
  expect(await who('app')).toEqual({ value: 'nobody', pid })
  expect(await who(CAROL)).toEqual({ value: 'carol@example.com', pid })
  const { rows } = await app.sql((client) => client.query('select state from pg_stat_activity where pid = $1', [pid]))
  expect(rows).toEqual([{ state: 'idle' }])
}

it('an identity that the app claims holds for one statement, and the next borrower of the connection has its own', async () => {
  const first = await who(BOB)
  expect(first?.['value']).toBe('bob@example.com')
  for (let time = 0; time < 50; time++) {
    const as = ([BOB, CAROL, 'app'] as const)[time % 3] ?? 'app'
    expect((await who(as))?.['value']).toBe(as === 'app' ? 'nobody' : as.userName)
  }
  await nobodyIsLeft(first?.['pid'])
})

it.each([
  ['fails', sql`select 1 / 0, 0`, { code: '22012' }],
  ['can’t be parsed', sql`selec`, { code: '42601' }],
  ['tries to write', sql`delete from holidays.holiday_requests`, { code: '25006' }],
  [
    'sets an identity for the session',
    sql`select set_config('lakebase_graphql.viewer', 'dave@example.com', false), 0 where 1 / 0 > 0`,
    { code: '22012' },
  ],
])('nothing is left of it after a statement that %s', async (_what, text, error) => {
  const before = await who(BOB)
  await expect(run(BOB, text)).rejects.toMatchObject(error)
  await nobodyIsLeft(before?.['pid'])
})

it('nothing is left of it after a statement that nobody waited for', async () => {
  for (const ms of [1, 3, 10, 50, 200]) {
    await expect(run(BOB, sql`select pg_sleep(3), 0`, AbortSignal.timeout(ms))).rejects.toMatchObject({
      name: 'TimeoutError',
    })
    const after = await who('app')
    expect(after?.['value']).toBe('nobody')
    await nobodyIsLeft(after?.['pid'])
  }
})

it('a connection whose transaction was left open is not lent again', async () => {
  const before = await who('app')
  await run('app', sql`begin`)
  const after = await who('app')
  expect(after?.['value']).toBe('nobody')
  expect(after?.['pid']).not.toBe(before?.['pid'])
})
