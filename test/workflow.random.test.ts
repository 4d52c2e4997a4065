import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom, type Random } from '../local/lakehouse/random.ts'
import { dayAhead, mutate, type Verb } from './support/holiday-mutations.ts'
import { manyViewers } from './support/many-viewers.ts'
import { ROUNDS_TIMEOUT_MS, rounds } from './support/rounds.ts'
import { startTestApp, type TestApp } from './support/test-app.ts'
import { type ModelStep, WorkflowModel } from './support/workflow-model.ts'

const TABLE = 'holidays.holiday_requests'
const [PEOPLE, MOST_REQUESTS] = [12, 400]
/** In an ordinary run, in each mode; all is compared every so many steps. */
const [STEPS, CHECK_EVERY] = [300, 100]
const STATUS = { approve: 'Approved', reject: 'Rejected', withdraw: 'Withdrawn' } as const

const pick = <T>(random: Random, of: readonly T[]): T => of[Math.floor(random.next() * of.length)] as T

/** One that was sent under a key, to be sent again. */
interface Sent {
  readonly verb: Verb
  readonly by: string
  readonly input: object
  readonly key: string
  readonly code: string | undefined
  readonly id: string | undefined
}

describe.each(['login', 'claims'])('with VIEWER_ACCESS=%s', (access) => {
  let app: TestApp
  let names: string[]
  let model: WorkflowModel
  const sent: Sent[] = []
  beforeAll(async () => {
    const people = await manyViewers(PEOPLE, { name: 'workflow' })
    names = people.map(({ userName }) => userName)
    // The last one is no employee.
    model = new WorkflowModel(
      new Map(names.slice(0, -1).map((name, at) => [name, at < 2 ? null : (names[at >> 1] ?? null)])),
    )
    app = await startTestApp({ environment: { VIEWER_ACCESS: access, DB_MAX_CONNECTIONS: '12' }, personas: people })
    await app.sql(async (client) => {
      await client.query(`truncate ${TABLE}, holidays.employees`)
      for (const [name, manager] of model.chart)
        await client.query('insert into holidays.employees values ($1, $1, $2)', [name, manager])
    })
  })
  afterAll(() => app.close())

  async function create(random: Random, key: string): Promise<void> {
    const by = pick(random, names)
    const first = 60 + Math.floor(random.next() * 60)
    const last = first + Math.floor(random.next() * 6) - 1
    const code = model.refusalOf(by, first, last)
    const input = { startDate: dayAhead(first), endDate: dayAhead(last) }
    const result = await mutate(app, 'create', input, by, { key })
    expect(result.code, `${by} asks for ${first} to ${last}`).toBe(code)
    if (code === undefined) model.add(result.requestId, by, { first, last })
    sent.push({ verb: 'create', by, input, key, code, id: result.requestId })
  }

  function stepOf(random: Random): ModelStep {
    const known = pick(random, [...model.requests.values(), undefined])
    const version = (known?.version ?? 1) + (random.next() < 0.8 ? 0 : pick(random, [-1, 1, 7]))
    // Mostly somebody who has to do with it.
    const near = known ? [known.requester, model.chart.get(known.requester) ?? ''] : ['']
    const by = random.next() < 0.7 ? pick(random, near) || pick(random, names) : pick(random, names)
    const verb = pick(random, ['approve', 'reject', 'withdraw'] as const)
    return { verb, by, id: known?.id ?? '999999', version }
  }

  async function step(random: Random, key: string): Promise<void> {
    const wanted = stepOf(random)
    const { verb, by, id, version } = wanted
    const code = model.take(wanted)
    const input = { id, version }
    const result = await mutate(app, verb, input, by, { key })
    expect(result.code, JSON.stringify(wanted)).toBe(code)
    sent.push({ verb, by, input, key, code, id: code === 'NOT_FOUND' ? undefined : id })
  }

  /** The same by psql: Postgres' own rules decide, and nothing of ours is in between. */
  async function stepByHand(random: Random): Promise<void> {
    const wanted = stepOf(random)
    const code = model.take(wanted)
    const update = `update ${TABLE} set status = '${STATUS[wanted.verb]}' where request_id = ${wanted.id} and version = ${wanted.version}`
    const said = await app.sql(
      (client) =>
        client.query(update).then(
          ({ rowCount }) => (rowCount === 1 ? undefined : 'no row'),
          (error: { code?: string }) => error.code,
        ),
      wanted.by,
    )
    const expected = {
      NOT_FOUND: ['no row'],
      VERSION_CONFLICT: ['no row'],
      ALREADY_DECIDED: ['no row', 'LG102'],
      NOT_ALLOWED: ['LG101'],
    }
    expect(
      code === undefined ? [undefined] : expected[code as keyof typeof expected],
      JSON.stringify(wanted),
    ).toContain(said)
  }

  async function sendAgain(random: Random): Promise<void> {
    const before = sent.length > 0 ? pick(random, sent) : undefined
    if (!before) return
    const result = await mutate(app, before.verb, before.input, before.by, { key: before.key })
    const request = before.id === undefined ? undefined : model.requests.get(before.id)
    const hidden = request && !model.sees(before.by, request)
    const about = ['OVERLAP', 'ALREADY_DECIDED', 'VERSION_CONFLICT', undefined].includes(before.code)
    if (before.verb !== 'create' || before.code === undefined) {
      expect(result.code, JSON.stringify(before)).toBe(
        hidden && about ? (before.code === undefined ? 'DONE_BEFORE' : 'NOT_FOUND') : before.code,
      )
      if (result.status) expect(result.version).toBe(request?.version)
    }
  }

  async function moveSomebody(random: Random): Promise<void> {
    const who = pick(random, names.slice(0, -1))
    const manager = pick(random, [null, ...names.filter((name) => name !== who)])
    model.chart.set(who, manager)
    await app.sql((client) =>
      client.query('update holidays.employees set manager = $1 where email = $2', [manager, who]),
    )
  }

  async function compare(): Promise<void> {
    const { rows } = await app.sql((client) =>
      client.query(`select request_id::text as id, requester, start_date - (now() at time zone 'utc')::date as first,
        end_date - (now() at time zone 'utc')::date as last, status, version, decided_by as "decidedBy" from ${TABLE} order by request_id`),
    )
    expect(rows).toEqual([...model.requests.values()])
    const count = await app.sql((client) =>
      client.query(
        `select count(*)::int from lakebase_graphql.audit where action in ('INSERT', 'UPDATE') and after ->> 'requester' like 'workflow-%'`,
      ),
    )
    expect(count.rows).toEqual([{ count: model.effects }])
    for (const name of names) {
      const { data } = await app.query(
        '{ holidayRequests(first: 500) { nodes { requestId status version } } }',
        {},
        name,
      )
      const seen = data.holidayRequests.nodes.map(({ requestId }: { requestId: string }) => requestId)
      const expected = [...model.requests.values()].filter((request) => model.sees(name, request)).map(({ id }) => id)
      expect(seen.sort(), name).toEqual(expected.sort())
    }
  }

  /** Nobody sees more than a page, and there are free days again. */
  async function beginAnew(): Promise<void> {
    await compare()
    await app.sql((client) => client.query(`delete from ${TABLE}`))
    model.requests.clear()
    sent.length = 0
  }

  it(
    'whatever anybody does, by the API or by psql, comes to what the rules say, and is written down once',
    async () => {
      let done = 0
      for (const round of rounds(STEPS, `workflow, ${access}`)) {
        const random = createRandom(round)
        const what = random.next()
        if (model.requests.size >= MOST_REQUESTS) await beginAnew()
        if (what < 0.25) await create(random, `key-${round}`)
        else if (what < 0.7) await step(random, `key-${round}`)
        else if (what < 0.8) await stepByHand(random)
        else if (what < 0.95) await sendAgain(random)
        else await moveSomebody(random)
        if (++done % CHECK_EVERY === 0) await compare()
      }
      await compare()
      expect(model.effects).toBeGreaterThan(done / 10)
    },
    ROUNDS_TIMEOUT_MS,
  )
})
