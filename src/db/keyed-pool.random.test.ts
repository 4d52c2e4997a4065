import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createRandom } from '../../local/lakehouse/random.ts'
import { ROUNDS_TIMEOUT_MS, rounds } from '../../test/support/rounds.ts'
import { AppError } from '../kernel/errors.ts'
import type { Connection, Opener } from './connection.ts'
import { KeyedPool } from './keyed-pool.ts'

const [MAX, MOST, KEPT] = [6, 2, 2]

/** What stands for a Postgres here: logins and goodbyes that take time, fail, and are counted. */
function createServer(random: () => number) {
  const open = new Map<string, number>()
  const keys = new WeakMap<Connection, string>()
  const ends: (() => void)[] = []
  let total = 0
  const count = (key: string, by: number): void => {
    total += by
    open.set(key, (open.get(key) ?? 0) + by)
    expect(total, 'connections in all').toBeLessThanOrEqual(MAX)
    if (key !== 'app') expect(open.get(key), `connections of ${key}`).toBeLessThanOrEqual(MOST)
  }
  const opener = (key: string): Opener => ({
    key,
    most: key === 'app' ? MAX : MOST,
    kept: key === 'app' ? KEPT : 0,
    ready: async () => sleep(random() * 2),
    async open(onLost) {
      count(key, 1)
      await sleep(random() * 4)
      if (random() < 0.1) {
        count(key, -1)
        throw new AppError('FORBIDDEN', `${key} may not log in`)
      }
      let alive = true
      const connection = {
        client: undefined as never,
        openedAt: performance.now(),
        alive: () => alive,
        async close() {
          if (alive) await sleep(random() * 3)
          alive = false
          count(key, -1)
        },
      }
      keys.set(connection, key)
      ends.push(() => {
        if (!alive) return
        alive = false
        onLost(connection, new Error('it broke'))
      })
      return connection
    },
  })
  const breakOne = (): void => ends[Math.floor(random() * ends.length)]?.()
  return { opener, keyOf: (connection: Connection) => keys.get(connection), breakOne, total: () => total }
}

it(
  'lends connections to those they were opened for, one at a time, within every cap, and answers everybody',
  async () => {
    const results = { lent: 0, refused: 0, aborted: 0 }
    for (const round of rounds(60, 'keyed pool')) {
      const random = createRandom(round).next
      const server = createServer(random)
      const pool = new KeyedPool(
        { max: MAX, maxPerViewer: MOST, idleMs: 8, lifeMs: 60, queueMs: 20_000 },
        () => undefined,
      )
      const lent = new Set<Connection>()
      const borrow = async (): Promise<void> => {
        await sleep(random() * 60)
        const key = random() < 0.3 ? 'app' : `viewer ${Math.floor(random() * 12)}`
        const signal = random() < 0.15 ? AbortSignal.timeout(Math.ceil(random() * 10)) : new AbortController().signal
        try {
          const connection = await pool.lend(server.opener(key), signal)
          expect(server.keyOf(connection), 'whose connection it is').toBe(key)
          expect(lent.has(connection), 'lent to two at once').toBe(false)
          lent.add(connection)
          results.lent++
          await sleep(random() * 3)
          lent.delete(connection)
          pool.giveBack(connection, random() < 0.9)
        } catch (error) {
          if (signal.aborted) results.aborted++
          else if (error instanceof AppError && error.code === 'FORBIDDEN') results.refused++
          else throw error
        }
        if (random() < 0.05) server.breakOne()
        if (random() < 0.02) pool.renew()
      }
      await Promise.all(Array.from({ length: 120 }, borrow))
      await pool.close()
      expect(server.total(), 'connections left').toBe(0)
    }
    process.stdout.write(`keyed pool: ${JSON.stringify(results)}\n`)
    expect(results.lent).toBeGreaterThan(results.refused)
  },
  ROUNDS_TIMEOUT_MS,
)

it('gives a viewer’s first connection the place of one that is idle, and a further one only free room', async () => {
  const server = createServer(() => 0.5)
  const pool = new KeyedPool({ max: 6, maxPerViewer: 2, idleMs: 60_000, lifeMs: 60_000, queueMs: 300 }, () => undefined)
  const { signal } = new AbortController()
  const all = await Promise.all(['a', 'a', 'b', 'c', 'd', 'e'].map((key) => pool.lend(server.opener(key), signal)))
  for (const connection of all) pool.giveBack(connection, true)
  const first = await pool.lend(server.opener('f'), signal)
  // The two that had been idle longest were a's; b's one is in use now, so that b wants another one.
  const b = await pool.lend(server.opener('b'), signal)
  expect(server.keyOf(first)).toBe('f')
  expect(b).toBe(all[2])
  await expect(pool.lend(server.opener('b'), signal)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    retryAfterSeconds: 1,
  })
  const again = await pool.lend(server.opener('c'), signal)
  expect(again).toBe(all[3])
  for (const connection of [first, b, again]) pool.giveBack(connection, true)
  await pool.close()
})

it('serves each key in turn, however long the line of another is', async () => {
  const server = createServer(() => 0.5)
  const pool = new KeyedPool(
    { max: 2, maxPerViewer: 2, idleMs: 60_000, lifeMs: 60_000, queueMs: 5_000 },
    () => undefined,
  )
  const { signal } = new AbortController()
  const order: string[] = []
  const use = async (key: string): Promise<void> => {
    const connection = await pool.lend(server.opener(key), signal)
    order.push(key)
    await sleep(5)
    pool.giveBack(connection, true)
  }
  const flood = Array.from({ length: 100 }, () => use('flood'))
  await sleep(1)
  await Promise.all([use('quiet'), ...flood])
  expect(order.indexOf('quiet')).toBeLessThan(40)
  await pool.close()
})

/** A server whose logins end when the test says so: by what they are asked for. */
function createSlowServer() {
  const logins: { key: string; succeed: () => void; fail: () => void }[] = []
  const opener = (key: string, most = 3): Opener => ({
    key,
    most,
    kept: 0,
    ready: async () => undefined,
    open: () =>
      new Promise((resolve, reject) => {
        const succeed = (): void =>
          resolve({
            client: undefined as never,
            openedAt: performance.now(),
            alive: () => true,
            close: async () => sleep(1),
          })
        logins.push({ key, succeed, fail: () => reject(new AppError('FORBIDDEN', 'no')) })
      }),
  })
  return { logins, opener }
}

const settled = (promise: Promise<unknown>, ms: number): Promise<unknown> =>
  Promise.race([
    promise.then(
      () => 'lent',
      (error: AppError) => error.code,
    ),
    sleep(ms, 'still waiting'),
  ])

it('answers who waits when the login with somebody else’s credentials has failed', async () => {
  const { logins, opener } = createSlowServer()
  const pool = new KeyedPool(
    { max: 10, maxPerViewer: 3, idleMs: 60_000, lifeMs: 60_000, queueMs: 60_000 },
    () => undefined,
  )
  const { signal } = new AbortController()
  const lend = (): Promise<Connection> => Promise.resolve(pool.lend(opener('a'), signal))
  const [first, second] = [lend(), lend()]
  await sleep(5)
  // The second's login is ready before the first's, which then fails: the first has its connection, the second must get another.
  logins[1]?.succeed()
  expect(await settled(first, 100)).toBe('lent')
  logins[0]?.fail()
  await sleep(5)
  expect(logins).toHaveLength(3)
  logins[2]?.succeed()
  expect(await settled(second, 100)).toBe('lent')
})

it('gives the room that was made for a first connection to nobody’s further one', async () => {
  const server = createServer(() => 0.5)
  const pool = new KeyedPool(
    { max: 3, maxPerViewer: 2, idleMs: 60_000, lifeMs: 60_000, queueMs: 1_000 },
    () => undefined,
  )
  const { signal } = new AbortController()
  const all = await Promise.all(['a', 'b', 'd'].map((key) => pool.lend(server.opener(key), signal)))
  for (const connection of all.slice(1)) pool.giveBack(connection, true)
  await sleep(100)
  const further = Promise.resolve(pool.lend(server.opener('a'), signal))
  const newcomer = Promise.resolve(pool.lend(server.opener('c'), signal))
  expect(await settled(newcomer, 500)).toBe('lent')
  expect(await settled(further, 100)).toBe('still waiting')
  await expect(further).rejects.toMatchObject({ code: 'UNAVAILABLE' })
})

it('tells who is waiting when it closes, and who has left already', async () => {
  const { opener } = createSlowServer()
  const pool = new KeyedPool(
    { max: 1, maxPerViewer: 1, idleMs: 60_000, lifeMs: 60_000, queueMs: 60_000 },
    () => undefined,
  )
  const { signal } = new AbortController()
  const waiting = [pool.lend(opener('a'), signal), pool.lend(opener('b'), signal)].map((each) => Promise.resolve(each))
  const told = Promise.all(waiting.map((each) => settled(each, 500)))
  await expect(pool.lend(opener('a'), AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
  void pool.close()
  expect(await told).toEqual(['UNAVAILABLE', 'UNAVAILABLE'])
})
