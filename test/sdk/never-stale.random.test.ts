import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Client, createClient } from '../../sdk/src/index.ts'
import { type FaultyProxy, startFaultyProxy } from '../support/faulty-proxy.ts'
import { dayAhead } from '../support/holiday-mutations.ts'
import { ROUNDS_TIMEOUT_MS, rounds } from '../support/rounds.ts'
import { createDatabase, dropDatabase, startTestApp, type TestApp } from '../support/test-app.ts'

/** So many mutations, where this isn't a long run. */
const MUTATIONS = Number(process.env['MUTATIONS'] ?? 200)
let database: string
let deaf: FaultyProxy
let apps: readonly [TestApp, TestApp]
beforeAll(async () => {
  database = await createDatabase()
  const environment = { REQUESTS_PER_SECOND: '1000000' }
  const writes = await startTestApp({ database, environment })
  // Its wake-ups are lost: it hears of changes once a second, or when somebody asks to be up to date.
  deaf = await startFaultyProxy(writes.server.port)
  deaf.deafen(true)
  const behind = { ...environment, PGPORT: String(deaf.port) }
  apps = [writes, await startTestApp({ database, environment: behind })]
})
afterAll(async () => {
  for (const app of apps) await app.close()
  await deaf.close()
  await dropDatabase(database)
})

/** One client of two instances: one writes, the other one reads, as a balancer might have it. */
function split(userName: string): { readonly lake: Client; readonly hits: () => number } {
  const [writes, reads] = apps
  let hits = 0
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { pathname, search } = new URL(String(input))
    const isWrite = init?.method === 'POST'
    const persona = { ...init?.headers, 'x-persona': userName }
    const answer = await globalThis.fetch(`${(isWrite ? writes : reads).url}${pathname}${search}`, {
      ...init,
      headers: persona,
    })
    if (/; hit/.test(answer.headers.get('cache-status') ?? '')) hits++
    return answer
  }
  return { lake: createClient({ url: writes.url, fetch }), hits: () => hits }
}

it(
  'what was written by one instance is read from the other, each time, though that answers from memory',
  async () => {
    const { lake, hits } = split('bob@example.com')
    const [startDate, endDate] = [dayAhead(400), dayAhead(401)]
    let mutations = 0
    for (const _round of rounds(MUTATIONS / 2, 'a write here, a read there')) {
      const made = await lake.createHolidayRequest({ startDate, endDate })
      if (made.__typename !== 'HolidayRequest') throw new Error(`${made.__typename}: ${made.message}`)
      const { id } = made
      // Twice, so that the other instance has it in memory.
      for (let time = 0; time < 2; time++)
        expect(await lake.holidayRequest({ id })).toMatchObject({ status: 'PENDING' })
      const gone = await lake.withdrawHolidayRequest({ id, version: made.version ?? 0 })
      expect(gone).toMatchObject({ status: 'WITHDRAWN' })
      expect(await lake.holidayRequest({ id })).toMatchObject({ status: 'WITHDRAWN' })
      mutations += 2
    }
    expect(hits()).toBeGreaterThan(mutations / 20)
    process.stdout.write(`never stale: ${mutations} mutations, ${hits()} reads with something from memory\n`)
  },
  ROUNDS_TIMEOUT_MS,
)
