import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isHit } from '../support/post.ts'
import { startTestApp, type TestApp, until } from '../support/test-app.ts'

const [ALICE, BOB] = ['alice@example.com', 'bob@example.com']
const MAX_BYTES = 8 * 1024 * 1024
const QUERY = '{ holidayRequests(first: 50) { nodes { requestId managerNote } } trips(first: 2) { nodes { id } } }'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ environment: { OPERATORS: ALICE, CACHE_BYTES: String(MAX_BYTES) } })
})
afterAll(() => app.close())

const metrics = async (persona: string, method = 'GET') => {
  const answer = await fetch(`${app.url}/api/metrics`, { method, headers: { 'x-persona': persona } })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}
const warm = (persona: string) => until(async () => isHit(await app.query(QUERY, {}, persona)))

describe('/api/metrics', () => {
  it('is for operators alone', async () => {
    const refused = await metrics(BOB)
    expect([refused.status, JSON.parse(refused.text).errors[0].extensions.code]).toEqual([403, 'FORBIDDEN'])
    const posted = await metrics(ALICE, 'POST')
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET'])
  })

  it('says in Prometheus’ format what came from memory and what didn’t, with labels that nobody can make grow', async () => {
    await warm(BOB)
    const { status, headers, text } = await metrics(ALICE)
    expect([status, headers.get('cache-control')]).toEqual([200, 'private, no-store'])
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    const values = new Map(lines.map((line) => [line.replace(/ \S+$/, ''), Number(line.split(' ').at(-1))]))
    for (const [name, value] of values) expect([name, Number.isFinite(value) && value >= 0]).toEqual([name, true])
    expect(values.get('lakebase_graphql_answers_from_memory_total{status="200"}')).toBeGreaterThan(0)
    for (const table of ['holidayRequests', 'trips']) {
      expect(values.get(`lakebase_graphql_cache_values_total{table="${table}",source="fetched"}`)).toBeGreaterThan(0)
      expect(values.get(`lakebase_graphql_cache_bytes{table="${table}"}`)).toBeGreaterThan(0)
    }
    expect(values.get('lakebase_graphql_feed_live')).toBe(1)
    expect(values.get('lakebase_graphql_cache_max_bytes')).toBe(MAX_BYTES)
    expect(text).not.toMatch(/@example|hidden-row/)
    const labels = [...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, , value]) => value)
    expect(labels.filter((value) => !/^([a-zA-Z_]{1,40}|200|304)$/.test(value ?? ''))).toEqual([])
  })

  it('asks nothing of Postgres', async () => {
    await metrics(ALICE)
    app.statements()
    const before = await backends()
    for (let time = 0; time < 10; time++) expect((await metrics(ALICE)).status).toBe(200)
    expect([app.statements(), await backends()]).toEqual([[], before])
  })
})

/** How many connections the app has. */
async function backends(): Promise<number> {
  const { rows } = await app.sql((client) =>
    client.query(
      'select count(*)::int as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    ),
  )
  return rows[0].n
}

describe('cacheStatus', () => {
  const STATUS = `{ cacheStatus { live ageMs position bytes maxBytes entries scopes
    tables { table bytes entries hits joined fetched hitRate } changes { table ageMs lagMs tagCount tags } forgets { cause count } } }`

  it('is for operators alone', async () => {
    const { errors } = await app.query(STATUS, {}, BOB)
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
  })

  it('tells what is kept, and what the last changes had forgotten, by hashes: nobody’s values are in it', async () => {
    await warm(BOB)
    const { rows } = await app.sql((client) =>
      client.query(
        `insert into holidays.holiday_requests (request_id, employee_name, requester, status, manager_note)
         values (7654321, 'x', $1, 'Rejected', 'hidden-row') returning request_id`,
        [BOB],
      ),
    )
    expect(rows).toHaveLength(1)
    await until(async () => JSON.stringify((await app.query(QUERY, {}, BOB)).data).includes('hidden-row'))
    const { data, errors } = await app.query(STATUS, {}, ALICE)
    expect(errors).toBeUndefined()
    const { cacheStatus: status } = data
    expect(status).toMatchObject({ live: true, maxBytes: MAX_BYTES })
    expect(status.ageMs).toBeGreaterThanOrEqual(0)
    expect(status.position).toMatch(/^[0-9a-f]{12}-\d+$/)
    const requests = status.tables.find(({ table }: { table: string }) => table === 'holidayRequests')
    expect(requests.hitRate).toBeCloseTo(requests.hits / (requests.hits + requests.joined + requests.fetched))
    const answers = status.tables.find(({ table }: { table: string }) => table === 'answers')
    expect([answers.hits > 0, answers.fetched > 0, answers.hitRate > 0]).toEqual([true, true, true])
    const [change] = status.changes
    expect(change).toMatchObject({ table: '"holidays"."holiday_requests"', tags: expect.any(Array) })
    expect(change.tags.length).toBe(Math.min(10, change.tagCount))
    for (const tag of change.tags) expect(tag).toMatch(/^[0-9a-f]{12}$/)
    expect(JSON.stringify(data)).not.toMatch(/7654321|bob@|Rejected|hidden-row/)
  })
})
