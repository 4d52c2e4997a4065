import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../local/free-port.ts'
import { snapshotSync } from '../../local/lakehouse/snapshot-sync.ts'
import { SYNCED_TABLES } from '../../local/lakehouse/synced-tables.ts'
import { findPersona } from '../../local/platform/personas.ts'
import { withClient } from '../../local/platform/platform.ts'
import { type OwnServer, startOwnServer } from '../support/own-server.ts'
import { platformEnvironment } from '../support/platform-environment.ts'
import { type GraphQLAnswer, isHit } from '../support/post.ts'
import { start } from '../support/process.ts'
import { startTestApp, type TestApp, until, untilLive, untilReady } from '../support/test-app.ts'

const BOB = 'bob@example.com'
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (let close = closing.pop(); close; close = closing.pop()) await close()
})

function tokenOf({ tokens }: TestApp, name: string): string {
  const persona = findPersona(name)
  if (!persona) throw new Error(`there is no ${name}`)
  return tokens.of(persona)
}

async function insertNote(app: TestApp): Promise<string> {
  return app.sql(async (client) => {
    const { rows } = await client.query(
      `insert into holidays.holiday_requests (employee_name, requester, status, manager_note) values ('x', $1, 'Rejected', 'n0') returning request_id::text as id`,
      [BOB],
    )
    return rows[0].id
  })
}

const setNote = (app: TestApp, id: string, note: string) =>
  app.sql((client) =>
    client.query('update holidays.holiday_requests set manager_note = $1 where request_id = $2', [note, id]),
  )

describe('Postgres', () => {
  let server: OwnServer
  beforeAll(async () => {
    server = await startOwnServer()
  })
  afterAll(() => server.remove())

  it('that comes back as a copy of an earlier day is another one, however far it has come since', async () => {
    const app = await startTestApp({ server, database: server.database })
    closing.push(app.close)
    const id = await insertNote(app)
    const query = `{ holidayRequest(id: "${id}") { managerNote } }`
    const noteOf = async () => (await app.query(query, {}, BOB)).data?.holidayRequest?.managerNote
    const epochOf = ({ headers }: GraphQLAnswer) => headers.get('x-position')?.split('-')[0]
    await server.stop()
    server.copies.make()
    await server.start()
    await untilReady(app.appUrl)
    await setNote(app, id, 'lost with the server')
    await until(async () => (await noteOf()) === 'lost with the server')
    await until(async () => isHit(await app.query(query, {}, BOB)))
    const before = await app.query(query, {}, BOB)
    await server.stop()
    await server.copies.startFrom()
    // More than has been done on the one that is gone: positions alone would seem to have gone on.
    await app.sql(async (client) => {
      for (let count = 0; count < 300; count++) await client.query('create temp table t (); drop table t')
    })
    await untilReady(app.appUrl)
    for (let time = 0; time < 20; time++) expect([undefined, 'n0']).toContain(await noteOf())
    await until(async () => (await noteOf()) === 'n0')
    await until(async () => isHit(await app.query(query, {}, BOB)))
    expect(epochOf(before)).toBeDefined()
    expect(app.seen.some((each) => each.event === 'feed.forgot' && ['restart', 'backwards'].includes(each.cause))).toBe(
      true,
    )
  })

  it('that is restarted in the middle of everything has nothing stale shown', async () => {
    const app = await startTestApp({ server, database: server.database })
    closing.push(app.close)
    const id = await insertNote(app)
    const query = `{ holidayRequest(id: "${id}") { managerNote } }`
    for (let time = 1; time <= 2; time++) {
      await until(async () => isHit(await app.query(query, {}, BOB)))
      await server.stop()
      await server.start()
      await setNote(app, id, `n${time}`)
      await until(async () => {
        const { status, data } = await app.query(query, {}, BOB)
        if (status === 200) expect(data?.holidayRequest?.managerNote ?? `n${time}`).toBe(`n${time}`)
        return data?.holidayRequest?.managerNote === `n${time}`
      })
    }
  })
})

it('a process that was stopped in the middle of a fill, and goes on after a write, shows what was written', async () => {
  const app = await startTestApp()
  closing.push(app.close)
  const id = await insertNote(app)
  const port = await freePort()
  const main = join(import.meta.dirname, '../../src/main.ts')
  const { child, ended } = start(
    process.execPath,
    ['--experimental-strip-types', '--disable-warning=ExperimentalWarning', main],
    {
      env: { PATH: process.env['PATH'], ...platformEnvironment(app, port) },
    },
  )
  closing.push(async () => {
    child.kill('SIGCONT')
    child.kill('SIGKILL')
    await ended
  })
  const url = `http://127.0.0.1:${port}`
  await untilLive(url)
  await untilReady(url)
  const ask = async (query: string) => {
    const answer = await fetch(`${url}/api/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-access-token': tokenOf(app, BOB) },
      body: JSON.stringify({ query }),
    })
    return { headers: answer.headers, body: await answer.json() }
  }
  const query = `{ holidayRequest(id: "${id}") { managerNote } }`
  await until(async () => isHit(await ask(query)))
  // Another selection: it isn't in memory yet.
  const filling = ask(`{ holidayRequest(id: "${id}") { managerNote version } }`)
  await sleep(3)
  child.kill('SIGSTOP')
  await setNote(app, id, 'written meanwhile')
  await sleep(2_500)
  child.kill('SIGCONT')
  const [{ body }] = await Promise.all([ask(query), filling])
  expect(body.data.holidayRequest.managerNote).toBe('written meanwhile')
  const later = await ask(`{ holidayRequest(id: "${id}") { managerNote version } }`)
  expect(later.body.data.holidayRequest.managerNote).toBe('written meanwhile')
})

it('a synced table that is swapped every second is always shown as it was at one moment', async () => {
  const app = await startTestApp()
  closing.push(app.close)
  const [table] = SYNCED_TABLES.filter(({ table: name }) => name === 'trips_synced')
  const { lakehouse, postgres } = app.logins
  if (!table || !lakehouse || !postgres) throw new Error('there is no lakehouse')
  const source = `lakehouse.${table.source}`
  await app.sql((client) => client.query(`delete from ${source} where id > 50`))
  const sync = (fare: number) =>
    withClient(app.server, app.database, postgres, (client) =>
      client.query(`update ${source} set fare_amount = ${fare}`),
    ).then(() => withClient(app.server, app.database, lakehouse, (pipeline) => snapshotSync(pipeline, table)))
  await sync(1)
  const query = '{ tripStats { count averageFare } trips(first: 3) { nodes { fare } } }'
  let [fare, hits, stopped] = [1, 0, false]
  const syncing = (async () => {
    while (!stopped) {
      await sync(fare + 1)
      fare++
      await sleep(300)
    }
  })()
  const until_ = performance.now() + 4_000
  while (performance.now() < until_) {
    const least = fare
    const answer = await app.query(query)
    if (isHit(answer)) hits++
    const { tripStats, trips } = answer.data
    const seen = new Set([tripStats.averageFare, ...trips.nodes.map((trip: { fare: number }) => trip.fare)])
    expect([...seen], `of the sync ${least} at least`).toHaveLength(1)
    await sleep(5)
  }
  stopped = true
  await syncing
  expect(hits).toBeGreaterThan(10)
  // A swap sends no wake-up: it is heard of when the next poll is due.
  await until(async () => (await app.query(query)).data.trips.nodes[0].fare === fare, 1_500)
})

it('500 who ask for the same at once are one statement', async () => {
  const app = await startTestApp()
  closing.push(app.close)
  const query = '{ campaignTotals(groupBy: [PUBLISHER, REGION]) { rows clicks cost } }'
  await until(async () => isHit(await app.query('{ trips(first: 1) { nodes { id } } }')))
  app.statements()
  const answers = await Promise.all(Array.from({ length: 500 }, () => app.query(query)))
  expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1)
  expect(app.statements()).toEqual(['campaigns.totals'])
})
