import { afterAll, beforeAll, expect, it } from 'vitest'
import { createRandom } from '../../local/lakehouse/random.ts'
import { createSchema, domains } from '../../src/domains/index.ts'
import { isHit } from '../support/post.ts'
import { randomDocuments, VARIABLES } from '../support/random-documents.ts'
import { ROUNDS_TIMEOUT_MS, rounds, SOAKING } from '../support/rounds.ts'
import { createDatabase, dropDatabase, startTestApp, type TestApp, until } from '../support/test-app.ts'

/** Questions of an ordinary run; each is asked twice, of whoever has asked it before and of whoever hasn't. */
const QUESTIONS = 600
const PERSONAS = ['alice', 'bob', 'carol', 'dave', 'erin'].map((name) => `${name}@example.com`)
const AT_ONCE = 6
/** How many questions are asked again and again, so that answers come from memory. */
const KNOWN = 60

let [on, off]: (TestApp | undefined)[] = []
let database: string
/** Whose rows each of them may be shown: their own, and those of their reports. */
const shown = new Map<string, string[]>()
beforeAll(async () => {
  database = await createDatabase()
  on = await startTestApp({ database })
  off = await startTestApp({ database, environment: { CACHE: 'off' } })
  await on.sql(async (client) => {
    const { rows } = await client.query('select email, manager from holidays.employees')
    for (const { email, manager } of rows) {
      for (const viewer of [email, manager]) shown.set(viewer, [...(shown.get(viewer) ?? []), email])
    }
    // In every row there is its owner's word, which is nobody else's.
    await client.query(
      `insert into holidays.holiday_requests (employee_name, requester, status, start_date, end_date, manager_note)
       select 'canary of ' || email, email, status, date '2020-01-01' + n::int, date '2020-01-03' + n::int, 'canary of ' || email
         from holidays.employees, unnest(array['Rejected', 'Withdrawn', 'Approved']) with ordinality as s (status, n)`,
    )
  })
})
afterAll(async () => {
  await on?.close()
  await off?.close()
  await dropDatabase(database)
})

/** Alike whichever way an answer came: all but request ids, and the order of errors of fields that are resolved together. */
function canonical({ status, data, errors }: Awaited<ReturnType<TestApp['query']>>): string {
  const told = errors?.map(({ extensions: { requestId: _id, ...rest }, ...error }) =>
    JSON.stringify({ ...error, ...rest }),
  )
  return JSON.stringify({ status, data, errors: told?.toSorted() })
}

it(
  'with the cache and without it, cold and warm, every viewer’s answer to any query is the same, and nobody’s canary is in another’s',
  async () => {
    const [cached, plain] = [on as TestApp, off as TestApp]
    await until(async () => isHit(await cached.query('{ holidayRequests { nodes { id } } }')))
    const schema = createSchema(domains)
    let [hits, asked, canaries] = [0, 0, 0]
    const compare = async (query: string, persona: string): Promise<void> => {
      const expected = canonical(await plain.query(query, VARIABLES, persona))
      for (let time = 0; time < 2; time++) {
        const answer = await cached.query(query, VARIABLES, persona)
        asked++
        if (isHit(answer)) hits++
        // Once nothing is left of the data, the answer doesn't wait for the errors of the rest.
        if (answer.data != null) expect(canonical(answer), `${persona}: ${query}`).toBe(expected)
        for (const [, owner = ''] of (JSON.stringify(answer.data) ?? '').matchAll(/canary of ([^"]+)/g)) {
          expect(shown.get(persona), `${persona} is shown a row of ${owner}: ${query}`).toContain(owner)
          canaries++
        }
      }
    }
    const known = [...randomDocuments(schema, 1, KNOWN)]
    known.push(
      '{ holidayRequests(first: 100) { nodes { requestId employeeName managerNote employee { name manager { name } } overlaps { requestId } } } }',
      ...['APPROVED', 'REJECTED'].map(
        (status) => `{ holidayRequests(filter: { status: [${status}] }) { nodes { requestId managerNote } } }`,
      ),
      ...[1, 4, 7, 12].map((id) => `{ holidayRequest(id: "${id}") { employeeName managerNote status } }`),
    )
    const numbers = rounds(QUESTIONS, 'twin')
    const ask = async (): Promise<void> => {
      for (const round of numbers) {
        const random = createRandom(round)
        const fresh = random.next() < 0.3
        const [query = '{ __typename }'] = fresh
          ? randomDocuments(schema, 10_000 + round, 1)
          : [known[Math.floor(random.next() * known.length)]]
        await compare(query, PERSONAS[Math.floor(random.next() * PERSONAS.length)] ?? '')
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, ask))
    process.stdout.write(`twin: ${asked} answers compared, ${hits} of them from memory alone\n`)
    expect(hits).toBeGreaterThan(asked / 5)
    expect(canaries).toBeGreaterThan(100)
  },
  SOAKING ? ROUNDS_TIMEOUT_MS : 90_000,
)
