import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../../local/lakehouse/random.ts'
import { isHit } from '../support/post.ts'
import { until } from '../support/test-app.ts'
import { type History, Session } from './history.ts'
import { type About, CHART, checkTogether, MOVED, managerAt, pairRegister, SHAPES, type Shape } from './shapes.ts'
import { makeTrouble } from './troubles.ts'
import type { Instance, World } from './world.ts'
import { moveReport, removeOld, rollBack, type Stage, writeByApi, writePairs } from './writers.ts'

/** And whom they report to. */
const EMPLOYEES: ReadonlyMap<string, string> = new Map([
  ['bob@example.com', 'alice@example.com'],
  ['carol@example.com', 'dave@example.com'],
])

export interface WorkloadOptions {
  /** Writers through the API, and readers, of each employee. */
  readonly writers: number
  readonly readers: number
  readonly seed: number
  /** Of the pauses between writes, such a part: 1 lets much come from memory, 0 writes as much as can be. */
  readonly pauses: number
}

/** Writers and readers of a world, for as long as they are to run. */
export class Workload implements Stage {
  readonly history: History
  readonly world: World
  /** Requests that are written to, by employee, the newest last. */
  readonly live = new Map<string, string[]>()
  /** Of each employee, the request that changes together with their name. */
  readonly pairs = new Map<string, string>()
  /** Answers that failed, by their code: while something is broken, that is allowed. */
  readonly failures = new Map<string, number>()
  readonly troubles: string[] = []
  readonly #options: WorkloadOptions
  readonly #random
  #moved = ''
  #wordings = 0
  stopped = false

  constructor(world: World, history: History, options: WorkloadOptions) {
    this.world = world
    this.history = history
    this.#options = options
    this.#random = createRandom(options.seed)
  }

  async prepare(): Promise<void> {
    await this.world.sql(async (client) => {
      for (const employee of EMPLOYEES.keys()) {
        const { rows } = await client.query(
          `insert into holidays.holiday_requests (employee_name, requester, status, start_date, end_date, manager_note)
           values ('pair', $1, 'Rejected', '2020-01-01', '2020-01-01', 'p0') returning request_id::text as id`,
          [employee],
        )
        await client.query("update holidays.employees set name = 'p0' where email = $1", [employee])
        this.pairs.set(employee, rows[0].id)
        this.live.set(employee, [])
        this.history.begin(pairRegister(employee), 0)
      }
      await client.query(
        `insert into holidays.holiday_requests (employee_name, requester, status, start_date, end_date)
         select 'many', 'many@example.com', 'Rejected', '2020-01-01', '2020-01-01' from generate_series(1, 150)`,
      )
      await client.query('insert into holidays.employees values ($1, $1, $2)', [MOVED, managerAt(0)])
      const { rows } = await client.query(
        `insert into holidays.holiday_requests (employee_name, requester, status, start_date, end_date)
         values ('moved', $1, 'Rejected', '2020-01-01', '2020-01-01') returning request_id::text as id`,
        [MOVED],
      )
      this.#moved = rows[0].id
      this.history.begin(CHART, 0)
    })
  }

  /** Everybody at once, for so many ms; with one trouble after another, if there are to be some. */
  async run(ms: number, { troubled = false } = {}): Promise<void> {
    this.stopped = false
    const stop = sleep(ms).then(() => {
      this.stopped = true
    })
    const { writers, readers } = this.#options
    const each = [...EMPLOYEES.keys()].flatMap((employee) => [
      ...Array.from({ length: writers }, (_, index) => writeByApi(this, employee, index)),
      ...Array.from({ length: readers }, (_, index) => this.#read(employee, index)),
      writePairs(this, employee),
      removeOld(this, employee),
    ])
    await Promise.all([stop, rollBack(this), moveReport(this), ...(troubled ? [makeTrouble(this)] : []), ...each])
  }

  /** Every instance against Postgres itself, when nobody writes any more. */
  async sweep(): Promise<void> {
    await Promise.all(this.world.instances.map(({ app }) => untilAnswered(app)))
    for (const employee of EMPLOYEES.keys()) {
      for (const shape of SHAPES) {
        for (const persona of [employee, EMPLOYEES.get(employee) ?? employee])
          await this.#compare(shape, employee, persona)
      }
    }
  }

  async #compare(shape: Shape, employee: string, persona: string): Promise<void> {
    const query = shape.query(this.#about(employee, persona))
    const truth = await this.world.truth(query, persona)
    for (const { name, app } of this.world.instances) {
      for (let time = 0; time < 2; time++) {
        const { data } = await app.query(query, {}, persona)
        const answer = JSON.stringify(data)
        if (answer !== truth)
          this.history.wrong('stuck', `${shape.name} of ${persona} on ${name}: ${answer}, not ${truth}`)
      }
    }
  }

  #about(employee: string, persona: string): About {
    return {
      ids: [...(this.live.get(employee) ?? [])],
      employee,
      pair: this.pairs.get(employee) ?? '',
      moved: this.#moved,
      moves: this.history.newest(CHART),
      persona,
    }
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random.next() * from.length)] as T
  }

  pause(ms: number): Promise<void> {
    return sleep(this.#random.next() * ms * this.#options.pauses)
  }

  failed(code: string): void {
    this.failures.set(code, (this.failures.get(code) ?? 0) + 1)
  }

  /** Asks for one of the shapes, and looks at the answer. */
  async ask(session: Session, instance: Instance, persona: string, employee: string): Promise<void> {
    const shape = this.pick(SHAPES)
    const about = this.#about(employee, persona)
    const query = this.#worded(shape.query(about))
    const reading = this.history.invoke(session, instance.name)
    const { position } = session
    const { data, errors, headers } = await instance.app.query(query, {}, persona, { position })
    if (errors || !data) return this.failed(errors?.[0]?.extensions.code ?? 'nothing')
    if (isHit({ headers })) this.history.hits++
    const given = headers.get('x-position') ?? undefined
    this.history.answer(
      reading,
      shape.seen(data, { ...about, moves: this.history.newest(CHART) }),
      position === undefined || given !== undefined,
    )
    if (position !== undefined) session.position = given ?? position
    if (shape.together) checkTogether(this.history, `${session.name} on ${instance.name}`, shape.together(data))
  }

  /** Half of all questions are worded as none before, so that rows answer them and no whole answer does. */
  #worded(query: string): string {
    return this.#random.next() < 0.5 ? query : `${query} # ${++this.#wordings}`
  }

  /** Half of them stay on one instance, and half carry their position from one to the other. */
  async #read(employee: string, index: number): Promise<void> {
    const persona = index % 3 === 2 ? (EMPLOYEES.get(employee) ?? employee) : employee
    const session = new Session(`reader ${index} of ${employee} as ${persona}`)
    const home = this.world.instances[index % this.world.instances.length]
    const carries = index % 4 >= 2
    while (!this.stopped) {
      const instance = carries || !home ? this.pick(this.world.instances) : home
      // Anything will do to begin with: from now on positions are carried.
      if (carries) session.position ??= await this.#firstPosition(instance, persona)
      await this.ask(session, instance, persona, employee)
      await this.pause(5)
    }
  }

  async #firstPosition(instance: Instance, persona: string): Promise<string | undefined> {
    const { headers } = await instance.app.query('{ holidayRequests(first: 1) { nodes { id } } }', {}, persona)
    return headers.get('x-position') ?? undefined
  }
}

/** It may have lost its connections only just now. */
function untilAnswered(app: Instance['app']): Promise<void> {
  return until(async () => {
    const { errors } = await app.query('{ holidayRequests { nodes { id } } trips(first: 1) { nodes { id } } }')
    return errors === undefined
  })
}
