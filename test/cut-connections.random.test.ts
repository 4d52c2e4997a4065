import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createRandom } from '../local/lakehouse/random.ts'
import { type FaultyProxy, startFaultyProxy } from './support/faulty-proxy.ts'
import { dayAhead, send } from './support/holiday-mutations.ts'
import { manyViewers } from './support/many-viewers.ts'
import { ROUNDS_TIMEOUT_MS, rounds, SOAKING } from './support/rounds.ts'
import { startTestApp, type TestApp } from './support/test-app.ts'

/** How many mutations a round has, whose they are, and how many are on their way at once. */
const [PEOPLE, AT_ONCE] = [20, 12]
const MUTATIONS = SOAKING ? { login: 1_000, claims: 1_000 } : { login: 250, claims: 150 }
/** In an ordinary run. */
const ROUNDS = 1

interface Task {
  readonly by: string
  readonly day: string
  readonly key: string
}

describe.each(['login', 'claims'] as const)('with VIEWER_ACCESS=%s', (access) => {
  const count = MUTATIONS[access]
  let app: TestApp
  let proxy: FaultyProxy
  let names: string[]
  beforeAll(async () => {
    proxy = await startFaultyProxy(inject('server').port)
    const people = await manyViewers(PEOPLE, { name: 'cut' })
    names = people.map(({ userName }) => userName)
    app = await startTestApp({
      environment: { VIEWER_ACCESS: access, PGPORT: String(proxy.port), DB_MAX_CONNECTIONS: '30' },
      personas: people,
    })
    await app.sql(async (client) => {
      for (const name of names) await client.query('insert into holidays.employees values ($1, $1, null)', [name])
    })
  })
  afterAll(async () => {
    await app.close()
    await proxy.close()
  })

  /** Sends one under its key three times, and until an answer says what came of it; a third of the clients leave. */
  async function sendThrice({ by, day, key }: Task, random: () => number, tally: Map<string, number>): Promise<string> {
    const input = { startDate: day, endDate: day }
    let id = ''
    for (let time = 1; time <= 3 || id === ''; time++) {
      const leaves = time < 3 && random() < 1 / 3
      const controller = new AbortController()
      if (leaves) void sleep(random() * 20).then(() => controller.abort())
      const answer = await send(app, 'create', input, by, { key, signal: controller.signal }).catch(() => undefined)
      const code = answer?.errors?.[0]?.extensions.code ?? answer?.data?.result?.__typename ?? 'left'
      tally.set(code, (tally.get(code) ?? 0) + 1)
      if (answer?.data?.result) {
        expect(code).toBe('HolidayRequest')
        const { requestId } = answer.data.result
        expect(id === '' || id === requestId, `${key} was ${id}, and is ${requestId}`).toBe(true)
        id = requestId
      }
    }
    return id
  }

  it(
    'mutations, each sent three times with its key while connections are cut, have one effect each',
    async () => {
      for (const round of rounds(ROUNDS, `cut connections, ${access}`)) {
        const random = createRandom(round).next
        const tasks = Array.from({ length: count }, (_, index): Task => {
          const day = dayAhead(60 + Math.floor(index / PEOPLE))
          return { by: names[index % PEOPLE] ?? '', day, key: `${round}-${index}` }
        })
        const made = new Map<string, string>()
        const tally = new Map<string, number>()
        // A third of the connections to Postgres live for a moment only.
        proxy.doom(1 / 3, () => 2 + random() * 60)
        const left = tasks.slice()
        const work = async (): Promise<void> => {
          for (let task = left.pop(); task; task = left.pop()) made.set(task.key, await sendThrice(task, random, tally))
        }
        await Promise.all(Array.from({ length: AT_ONCE }, work))
        proxy.doom(0, () => 0)
        process.stdout.write(`cut connections, ${access}: ${proxy.doomed()} cut; ${JSON.stringify([...tally])}\n`)
        const { rows } = await app.sql((client) =>
          client.query(`select count(*)::int as rows, count(distinct (requester, start_date))::int as days,
            (select count(*)::int from lakebase_graphql.audit where action = 'INSERT' and after ->> 'requester' like 'cut-%') as audited
            from holidays.holiday_requests where requester like 'cut-%'`),
        )
        expect(rows).toEqual([{ rows: count, days: count, audited: count }])
        expect(new Set(made.values()).size).toBe(count)
        expect(proxy.doomed()).toBeGreaterThan(10)
        await app.sql(async (client) => {
          await client.query("delete from holidays.holiday_requests where requester like 'cut-%'")
          await client.query('alter table lakebase_graphql.audit disable trigger append_only')
          await client.query(
            "delete from lakebase_graphql.audit where after ->> 'requester' like 'cut-%' or before ->> 'requester' like 'cut-%'",
          )
          await client.query('alter table lakebase_graphql.audit enable always trigger append_only')
        })
      }
    },
    ROUNDS_TIMEOUT_MS,
  )
})
