import { dayAhead, mutationOf } from '../support/holiday-mutations.ts'
import { type History, Session } from './history.ts'
import { CHART, MOVED, managerAt, PENDING, pairRegister, REMOVED, requestRegister, WITHDRAWN } from './shapes.ts'
import type { Instance, World } from './world.ts'

/** What writers need to know of those beside them. */
export interface Stage {
  readonly world: World
  readonly history: History
  readonly live: ReadonlyMap<string, string[]>
  readonly pairs: ReadonlyMap<string, string>
  readonly stopped: boolean
  /** What has gone wrong. */
  readonly troubles: string[]
  pick<T>(from: readonly T[]): T
  pause(ms: number): Promise<void>
  failed(code: string): void
  ask(session: Session, instance: Instance, persona: string, employee: string): Promise<void>
}

/** So many requests of an employee are looked at; older ones are removed. */
const KEPT = 12
/** Nobody else takes these days. */
const FIRST_DAY = 300

/** Between two changes there must be time for something to be kept. */
const WRITE_PAUSE_MS = 200

/** Asks for days off and withdraws that, again and again, on any instance; and reads on any what it has written. */
export async function writeByApi(stage: Stage, employee: string, index: number): Promise<void> {
  const { world, history, live } = stage
  const session = new Session(`writer ${index} of ${employee}`)
  const day = dayAhead(FIRST_DAY + index * 2)
  const send = async (verb: 'create' | 'withdraw', input: object, version: number, known?: string) => {
    const instance = stage.pick(world.instances)
    if (known !== undefined) history.begin(requestRegister(known), version)
    const { data, errors, headers } = await instance.app.query(mutationOf(verb), { input }, employee)
    const request = data?.result
    if (request?.__typename !== 'HolidayRequest') {
      stage.failed(errors?.[0]?.extensions.code ?? request?.__typename ?? 'nothing')
      await withdrawBySql(stage, employee, day)
      return undefined
    }
    const register = requestRegister(request.requestId)
    history.begin(register, version)
    history.acknowledge(register, version, instance.name)
    session.position = headers.get('x-position') ?? undefined
    if (session.position !== undefined) session.knows(register, version)
    return { request, instance }
  }
  while (!stage.stopped) {
    const created = await send('create', { startDate: day, endDate: day }, PENDING)
    if (!created) continue
    const { request, instance } = created
    live.get(employee)?.push(request.requestId)
    await askSomewhere(stage, session, instance, employee)
    const withdrawn = await send(
      'withdraw',
      { id: request.requestId, version: request.version },
      WITHDRAWN,
      request.requestId,
    )
    if (withdrawn) await askSomewhere(stage, session, withdrawn.instance, employee)
    await stage.pause(WRITE_PAUSE_MS)
  }
}

/** Where a position was given, on the other instance; else only the one that has acknowledged it promises anything. */
async function askSomewhere(stage: Stage, session: Session, instance: Instance, employee: string): Promise<void> {
  const another = stage.world.instances.find((each) => each !== instance) ?? instance
  const other = session.position === undefined ? instance : another
  await stage.ask(session, other, employee, employee)
}

/** Of a write whose outcome isn't known: makes the days free again. */
async function withdrawBySql({ world, history }: Stage, employee: string, day: string): Promise<void> {
  await world.sql(async (client) => {
    const { rows } = await client.query(
      `update holidays.holiday_requests set status = 'Withdrawn'
        where requester = $1 and start_date = $2 and status = 'Pending' returning request_id::text as id`,
      [employee, day],
    )
    for (const { id } of rows) {
      history.begin(requestRegister(id), WITHDRAWN)
      history.acknowledge(requestRegister(id), WITHDRAWN, 'sql')
    }
  })
}

/** Straight in SQL, two rows of two tables in one transaction. */
export async function writePairs(stage: Stage, employee: string): Promise<void> {
  const { world, history, pairs } = stage
  await world.sql(async (client) => {
    for (let count = history.newest(pairRegister(employee)) + 1; !stage.stopped; count++) {
      history.begin(pairRegister(employee), count)
      await client.query('begin')
      await client.query('update holidays.employees set name = $1 where email = $2', [`p${count}`, employee])
      await stage.pause(5)
      // Now and then with more rows than are listed.
      await client.query(
        `update holidays.holiday_requests set manager_note = case when request_id = $2 then $1 end
          where request_id = $2 or ($3 and requester = 'many@example.com')`,
        [`p${count}`, pairs.get(employee), count % 12 === 0],
      )
      await client.query('commit')
      history.acknowledge(pairRegister(employee), count, 'sql')
      await stage.pause(PAIR_PAUSE_MS)
    }
  })
}

/** A change of an employee has much forgotten: between two of them there must be time for something to be kept. */
const PAIR_PAUSE_MS = 300

/** Somebody reports to one manager, then to the other: who may see their request changes, though it doesn't. */
export async function moveReport(stage: Stage): Promise<void> {
  const { world, history } = stage
  await world.sql(async (client) => {
    for (let move = history.newest(CHART) + 1; !stage.stopped; move++) {
      history.begin(CHART, move)
      await client.query('update holidays.employees set manager = $1 where email = $2', [managerAt(move), MOVED])
      history.acknowledge(CHART, move, 'sql')
      await stage.pause(4 * PAIR_PAUSE_MS)
    }
  })
}

/** Removes what is old, straight in SQL. */
export async function removeOld(stage: Stage, employee: string): Promise<void> {
  const { world, history, live } = stage
  await world.sql(async (client) => {
    while (!stage.stopped) {
      const ids = live.get(employee) ?? []
      const old = ids.slice(0, Math.max(0, ids.length - KEPT))
      for (const id of old) history.begin(requestRegister(id), REMOVED)
      const { rows } = await client.query(
        "delete from holidays.holiday_requests where request_id = any ($1::bigint[]) and status <> 'Pending' returning request_id::text as id",
        [old],
      )
      for (const { id } of rows) history.acknowledge(requestRegister(id), REMOVED, 'sql')
      await stage.pause(200)
      // Readers who have begun to look at them have been answered by then.
      const gone = ids.splice(0, old.length)
      setTimeout(() => {
        for (const id of gone) history.forget(requestRegister(id))
      }, GONE_MS).unref()
    }
  })
}

const GONE_MS = 15_000

/** What is rolled back is never seen by anybody; what is seen before its commit neither. */
export async function rollBack(stage: Stage): Promise<void> {
  const { world, pairs } = stage
  await world.sql(async (client) => {
    while (!stage.stopped) {
      const employee = stage.pick([...pairs.keys()])
      await client.query('begin')
      await client.query("update holidays.holiday_requests set manager_note = 'ghost' where request_id = $1", [
        pairs.get(employee),
      ])
      await stage.pause(30)
      await client.query('rollback')
      await stage.pause(100)
    }
  })
}
