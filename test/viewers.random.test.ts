import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom, type Random } from '../local/lakehouse/random.ts'
import { manyViewers } from './support/many-viewers.ts'
import { ROUNDS_TIMEOUT_MS, rounds } from './support/rounds.ts'
import { startTestApp, type TestApp } from './support/test-app.ts'

/** How many people and requests there are, and questions in an ordinary run, in each mode. */
const [PEOPLE, REQUESTS, QUESTIONS] = [24, 600, 300]
const STATUSES = ['Pending', 'Approved', 'Rejected', 'Withdrawn']
const AT_ONCE = 8

/** The same question to the API and to Postgres. */
interface Question {
  readonly fields: string
  readonly sql: string
}

const pick = <T>(random: Random, of: readonly T[]): T => of[Math.floor(random.next() * of.length)] as T
const day = (random: Random): string =>
  new Date(Date.UTC(2026, 0, 1 + Math.floor(random.next() * 400))).toISOString().slice(0, 10)

/** Conditions, each as GraphQL and as SQL. */
function conditionsOf(random: Random, people: readonly string[]): [string, string][] {
  const [status, person, from, until] = [pick(random, STATUSES), pick(random, people), day(random), day(random)]
  const all: [string, string][] = [
    [`status: [${status.toUpperCase()}]`, `status = '${status}'`],
    [`employee: "${person}"`, `requester = '${person}'`],
    [`dates: { from: "${from}", until: "${until}" }`, `start_date < '${until}' and end_date >= '${from}'`],
  ]
  return all.filter(() => random.next() < 0.3)
}

function questionOf(random: Random, people: readonly string[]): Question {
  const conditions = conditionsOf(random, people)
  const where = conditions.map(([, sql]) => sql).join(' and ') || 'true'
  const column = pick(random, ['start_date', 'end_date', 'decided_at'])
  const [way, size] = [pick(random, ['asc', 'desc']), 1 + Math.floor(random.next() * 40)]
  const id = 1 + Math.floor(random.next() * REQUESTS)
  const filter = conditions.length > 0 ? `, filter: { ${conditions.map(([graphql]) => graphql).join(', ')} }` : ''
  return {
    fields: `holidayRequests(first: ${size}, orderBy: { field: ${column.toUpperCase()}, direction: ${way.toUpperCase()} }${filter}) {
        nodes { requestId employee { email manager { email } } manager { name } } }
      holidayRequest(id: "${id}") { requestId employee { name } }`,
    sql: `select json_build_object(
      'holidayRequests', json_build_object('nodes', coalesce((select json_agg(json_build_object('requestId', request_id::text,
          'employee', (select json_build_object('email', email, 'manager',
            (select json_build_object('email', m.email) from holidays.employees m where m.email = e.manager)) from holidays.employees e where email = requester),
          'manager', (select json_build_object('name', e.name) from holidays.employees e
            where e.email = case when status = 'Pending' then (select c.manager from holidays.employees c where c.email = requester) else page.manager end)) order by number)
        from (select *, row_number() over (order by ${column} ${way}, request_id ${way}) as number from holidays.holiday_requests
               where ${where} order by number limit ${size}) page), '[]')),
      'holidayRequest', (select json_build_object('requestId', request_id::text, 'employee',
          (select json_build_object('name', name) from holidays.employees where email = requester))
        from holidays.holiday_requests where request_id = ${id})) as answer`,
  }
}

/** A chart of several levels with some who belong nowhere, and requests with everything missing now and then. */
async function fill(app: TestApp, people: readonly string[]): Promise<void> {
  const random = createRandom(7)
  const chart = people.map((email, index) => [
    email,
    index < 3 || random.next() < 0.1 ? null : people[Math.floor(random.next() * index)],
  ])
  await app.sql(async (client) => {
    await client.query('truncate holidays.employees; truncate holidays.holiday_requests restart identity')
    for (const [email, manager] of chart.filter(() => random.next() < 0.95)) {
      await client.query('insert into holidays.employees values ($1, $1, $2)', [email, manager])
    }
    for (let count = 0; count < REQUESTS; count++) {
      const requester = random.next() < 0.95 ? pick(random, people) : null
      const start = day(random)
      await client.query(
        `insert into holidays.holiday_requests (employee_name, requester, manager, start_date, end_date, status, decided_at)
         values ('x', $1, $2, $3::date, $3::date + $4::int, $5::text, case when $5::text <> 'Pending' then $3::date end)`,
        [
          requester,
          random.next() < 0.8 ? pick(random, people) : null,
          random.next() < 0.95 ? start : null,
          Math.floor(random.next() * 20),
          pick(random, STATUSES),
        ],
      )
    }
  })
}

describe.each(['login', 'claims'])('with VIEWER_ACCESS=%s', (access) => {
  let app: TestApp
  let names: string[]
  beforeAll(async () => {
    const people = await manyViewers(PEOPLE, { name: 'random' })
    names = people.map(({ userName }) => userName)
    app = await startTestApp({
      environment: { VIEWER_ACCESS: access, DB_MAX_CONNECTIONS: '12', DB_IDLE_MS: '500' },
      personas: people,
    })
    await fill(app, names)
  })
  afterAll(() => app.close())

  /** What Postgres gives that role, logged in as itself. */
  const expectedOf = (role: string, texts: readonly string[]) =>
    app.sql(async (client) => {
      const answers: unknown[] = []
      for (const text of texts) answers.push((await client.query(text)).rows[0].answer)
      return answers
    }, role)

  it(
    'any viewer’s answer to any question is the one that Postgres gives that role',
    async () => {
      let seen = 0
      const questions = new Map<string, Question[]>()
      const check = async (): Promise<void> => {
        const all = [...questions].flatMap(([viewer, of]) => of.map((question) => ({ viewer, question })))
        // In an order that has viewers take turns, several at a time.
        const answers = new Map<Question, unknown>()
        const left = all.toSorted((a, b) => a.question.sql.length - b.question.sql.length)
        const ask = async (): Promise<void> => {
          for (let next = left.pop(); next; next = left.pop()) {
            const { data, errors } = await app.query(`{ ${next.question.fields} }`, {}, next.viewer)
            expect(errors).toBeUndefined()
            answers.set(next.question, data)
          }
        }
        await Promise.all(Array.from({ length: AT_ONCE }, ask))
        for (const [viewer, of] of questions) {
          const expected = await expectedOf(
            viewer,
            of.map(({ sql }) => sql),
          )
          for (const [index, question] of of.entries()) {
            const answer = JSON.parse(JSON.stringify(answers.get(question)))
            expect(answer, `${viewer}: ${question.fields}`).toEqual(expected[index])
            seen += answer.holidayRequests.nodes.length
          }
        }
        questions.clear()
      }
      let asked = 0
      for (const round of rounds(QUESTIONS, `viewers, ${access}`)) {
        const random = createRandom(round)
        const viewer = pick(random, names)
        questions.set(viewer, [...(questions.get(viewer) ?? []), questionOf(random, names)])
        if (++asked % 250 === 0) await check()
      }
      await check()
      expect(seen).toBeGreaterThan(asked)
    },
    ROUNDS_TIMEOUT_MS,
  )
})
