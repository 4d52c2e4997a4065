import sql, { type Sql } from 'sql-template-tag'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { startTestApp, type TestApp } from '../../test/support/test-app.ts'
import { toViewer } from '../identity/viewer.ts'
import { type ConnectionPool, createPool, type Run } from './pool.ts'
import { statement } from './statement.ts'
import { openTransaction, type Transaction } from './transaction.ts'

const viewer = (userName: string) =>
  toViewer({ id: userName, userName, displayName: userName, emails: [], groups: ['ops', 'others'] }, undefined)
const [BOB, CAROL] = [viewer('bob@example.com'), viewer('carol@example.com')]

let app: TestApp
let pool: ConnectionPool
beforeAll(async () => {
  app = await startTestApp()
  const { host, port, logins } = inject('server')
  const { user, password } = logins.app
  pool = createPool(
    {
      ...{
        host,
        port,
        user,
        database: app.database,
        tls: false,
        viewerAccess: 'claims',
        operators: ['ops'],
        lookSoonMs: 1_000,
        migrationTurnMs: 1_000,
        statementTimeoutMs: 5_000,
      },
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

const LEFT = sql`select concat_ws('|', current_setting('transaction_read_only'), current_setting('default_transaction_read_only'),
  coalesce(current_setting('lakebase_graphql.viewer', true), ''), coalesce(current_setting('lakebase_graphql.groups', true), ''),
  coalesce(current_setting('lakebase_graphql.request_id', true), ''), current_setting('lock_timeout')), pg_backend_pid()`
const FAILS = statement('test', ['x'], sql`select 1 / 0`)
const ASKS = statement(
  'test',
  ['x'],
  sql`insert into holidays.holiday_requests (start_date, end_date) values ('2020-01-01', '2020-01-01')`,
)

it.each<[string, (transaction: Transaction) => Promise<unknown>]>([
  ['is committed', (transaction) => transaction.commit(statement('test', ['x'], sql`select 1`))],
  ['is rolled back', (transaction) => transaction.rollback()],
  ['fails', (transaction) => transaction.run(FAILS)],
  ['fails at its end', (transaction) => transaction.commit(FAILS)],
  ['is refused by a rule', (transaction) => transaction.run(ASKS)],
  [
    'is left as it is',
    async () => {
      throw new Error('a defect')
    },
  ],
])('nothing is left of a write that %s', async (_what, end) => {
  const { signal } = new AbortController()
  await pool
    .hold({ as: BOB, signal, openedAfter: 0 }, async (client, nameOf) => {
      const settings = { viewerAccess: 'claims', user: app.logins.app.user, operators: ['ops'] } as const
      const options = { as: BOB, requestId: 'a request', signal, settings, nameOf, observe: () => undefined }
      const transaction = openTransaction(client, options)
      expect(await transaction.begin(statement('test', ['value', 'pid'], WHO))).toMatchObject([
        { value: 'bob@example.com' },
      ])
      await end(transaction)
    })
    .catch(() => undefined)
  const [after] = await run('app', LEFT)
  expect(after?.['value']).toBe('on|on||||0')
  await nobodyIsLeft(after?.['pid'])
})
