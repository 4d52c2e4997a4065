import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../local/lakehouse/random.ts'
import { findPersona } from '../local/platform/personas.ts'
import { ask, audited, send } from './support/holiday-mutations.ts'
import { type OwnServer, startOwnServer } from './support/own-server.ts'
import { ROUNDS_TIMEOUT_MS, rounds } from './support/rounds.ts'
import { startTestApp, type TestApp } from './support/test-app.ts'

const [ALICE, BOB] = ['alice@example.com', 'bob@example.com']
const AT_ONCE = 50
/** In an ordinary run. */
const [ROUNDS, RESTARTS] = [14, 2]

/** One of each: approve and reject, in some order, each with a note of its own. */
function decisionsOf(round: number) {
  const random = createRandom(round)
  return Array.from({ length: AT_ONCE }, (_, index) => ({
    verb: random.next() < 0.5 ? ('approve' as const) : ('reject' as const),
    note: `note ${index}`,
  }))
}

/** Alice's two browsers: the same person by two tokens. */
function otherToken(app: TestApp): void {
  const alice = findPersona(ALICE)
  if (alice) app.tokens.rotate(alice)
}

/** Decides about one request fifty times at once, and gives what each was told. */
async function decideAtOnce(app: TestApp, id: string, round: number) {
  const decisions = decisionsOf(round)
  const sent = decisions.map(({ verb, note }, index) => {
    if (index === AT_ONCE / 2) otherToken(app)
    return send(app, verb, { id, version: 1, note }, ALICE)
  })
  return (await Promise.all(sent)).map((answer, index) => ({ ...answer, decision: decisions[index] }))
}

async function expectOneWinner(
  app: TestApp,
  id: string,
  answers: Awaited<ReturnType<typeof decideAtOnce>>,
): Promise<void> {
  const won = answers.filter(({ data }) => data?.result?.__typename === 'HolidayRequest')
  const { rows } = await app.sql((client) =>
    client.query('select status, version, manager_note from holidays.holiday_requests where request_id = $1', [id]),
  )
  const [{ status, version, manager_note: note }] = rows
  expect(won).toHaveLength(1)
  expect(version).toBe(2)
  expect(note).toBe(won[0]?.decision?.note)
  expect(status).toBe(won[0]?.decision?.verb === 'approve' ? 'Approved' : 'Rejected')
  expect(await audited(app, 'UPDATE', id)).toBe(1)
  for (const answer of answers) {
    if (answer === won[0] || answer.status === 503) continue
    expect(answer.data.result).toMatchObject({
      code: 'ALREADY_DECIDED',
      request: { requestId: id, status: status.toUpperCase(), version: 2 },
    })
  }
}

describe.each(['login', 'claims'])('50 decisions at once about one request, with VIEWER_ACCESS=%s', (access) => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp({ environment: { VIEWER_ACCESS: access } })
  })
  afterAll(() => app.close())

  it(
    'have one winner and one audit row each time, and the others get the current state',
    async () => {
      for (const round of rounds(ROUNDS / 2, `decisions, ${access}`)) {
        const made = await ask(app, 60, BOB)
        const answers = await decideAtOnce(app, made.requestId, round)
        expect(answers.every(({ status }) => status === 200)).toBe(true)
        await expectOneWinner(app, made.requestId, answers)
        await app.sql((client) =>
          client.query('delete from holidays.holiday_requests where request_id = $1', [made.requestId]),
        )
      }
    },
    ROUNDS_TIMEOUT_MS,
  )
})

describe('50 decisions at once while Postgres restarts', () => {
  let server: OwnServer
  let app: TestApp
  beforeAll(async () => {
    server = await startOwnServer()
    app = await startTestApp({ server, database: server.database })
    await app.sql((client) =>
      client.query(`insert into holidays.employees values ('${ALICE}', 'Alice', null), ('${BOB}', 'Bob', '${ALICE}')`),
    )
  }, 60_000)
  afterAll(async () => {
    await app.close()
    await server.remove()
  })

  it(
    'have one winner at most who is told so, one audit row at most, and no half of a decision',
    async () => {
      for (const round of rounds(RESTARTS, 'decisions, restarts')) {
        const made = await ask(app, 60, BOB)
        const id: string = made.requestId
        const deciding = decideAtOnce(app, id, round)
        await new Promise((resolve) => setTimeout(resolve, (round * 7) % 40))
        await server.stop()
        await server.start()
        const answers = await deciding
        // Who was told that nothing was written, or that it isn't known, asks again: then there is a winner.
        for (;;) {
          const { status, data } = await send(app, 'approve', { id, version: 1, note: 'last' }, ALICE)
          if (status !== 200) continue
          const late = {
            status,
            data,
            headers: new Headers(),
            errors: undefined,
            decision: { verb: 'approve', note: 'last' } as const,
          }
          const winners = answers.filter((answer) => answer.data?.result?.__typename === 'HolidayRequest')
          expect(winners.length).toBeLessThanOrEqual(1)
          if (winners.length === 1 || data.result.__typename === 'HolidayRequest') {
            await expectOneWinner(app, id, [...answers, late])
          } else {
            // The winner's answer was lost, and it was told that.
            expect(answers.some(({ errors }) => errors?.[0]?.extensions.code === 'OUTCOME_UNKNOWN')).toBe(true)
            expect(await audited(app, 'UPDATE', id)).toBe(1)
          }
          break
        }
        await app.sql((client) => client.query('delete from holidays.holiday_requests where request_id = $1', [id]))
      }
    },
    ROUNDS_TIMEOUT_MS,
  )
})
