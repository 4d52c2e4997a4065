import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../local/free-port.ts'
import { createFrontProxy } from '../local/platform/front-proxy.ts'
import { closeServer, listen } from '../local/platform/listen.ts'
import { buildDistribution, type Distribution } from './support/distribution.ts'
import { dayAhead, mutationOf } from './support/holiday-mutations.ts'
import { platformEnvironment } from './support/platform-environment.ts'
import { type GraphQLAnswer, post } from './support/post.ts'
import { startTestApp, type TestApp, until, untilLive, untilReady } from './support/test-app.ts'

/** What a next version may do: it adds, and takes nothing away that this one uses. */
const NEXT = {
  'db/migrations/20991231000000000_next.sql':
    '-- Up Migration\ncreate table lakebase_graphql.later (id int primary key);',
  'domains/holidays/migrations/20991231000000000_next.sql': `-- Up Migration
    alter table holidays.holiday_requests no force row level security;
    alter table holidays.holiday_requests add column category text not null default 'holiday';
    alter table holidays.holiday_requests force row level security;
    create index holiday_requests_category on holidays.holiday_requests (category);`,
}
const READ = '{ holidayRequests(first: 5) { nodes { requestId status } } }'

let app: TestApp
let ours: Distribution
let next: Distribution
beforeAll(async () => {
  app = await startTestApp()
  ours = buildDistribution()
  next = buildDistribution(NEXT)
})
afterAll(async () => {
  await app.close()
  ours.remove()
  next.remove()
})

/** Starts one behind the platform's proxy. */
async function run(version: Distribution) {
  const port = await freePort()
  const { child, ended, log } = version.run({ ...platformEnvironment(app, port), DRAIN_MS: '0' })
  const url = `http://127.0.0.1:${port}`
  await untilLive(url)
  await untilReady(url)
  const front = await listen(createFrontProxy({ appPort: port, tokens: app.tokens, defaultPersona: app.alice }))
  return {
    log,
    ask: (query: string, variables = {}) => post(`http://127.0.0.1:${front.port}`, query, variables, 'bob@example.com'),
    async stop() {
      child.kill('SIGTERM')
      expect(await ended).toBe(0)
      await closeServer(front.server)
    },
  }
}

let day = 400
const create = (instance: { ask: (query: string, variables: object) => Promise<GraphQLAnswer> }) => {
  const date = dayAhead(day++)
  return instance.ask(mutationOf('create'), { input: { startDate: date, endDate: date } })
}

it('a version and the next one work side by side, and the first one again after the next', async () => {
  const first = await run(ours)
  const answers: GraphQLAnswer[] = []
  let over = false
  const load = Array.from({ length: 4 }, async (_, worker) => {
    while (!over) answers.push(await (worker === 0 ? create(first) : first.ask(READ)))
  })
  const second = await run(next)
  for (let again = 0; again < 10; again++) answers.push(await create(second), await second.ask(READ))
  const soFar = answers.length
  await until(() => answers.length > soFar + 50)
  over = true
  await Promise.all(load)
  expect(answers.filter(({ status, errors }) => status !== 200 || errors)).toEqual([])
  await Promise.all([first.stop(), second.stop()])

  const again = await run(ours)
  expect((await create(again)).data.result.__typename).toBe('HolidayRequest')
  expect((await again.ask(READ)).errors).toBeUndefined()
  const told = again.log().filter(({ message }) => String(message).includes('20991231000000000_next'))
  expect(told.length).toBeGreaterThan(0)
  await again.stop()
})
