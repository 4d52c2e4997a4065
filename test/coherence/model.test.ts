import fc, { type Scheduler } from 'fast-check'
import { expect, it } from 'vitest'
import { Coherence, createCache, type Freshness } from '../../src/cache/index.ts'
import { EVERYONE } from '../../src/identity/index.ts'
import { shared } from '../../src/kernel/shared.ts'
import { Answer } from '../../src/loaders/answer.ts'
import { atOneMoment, type LoadContext, type Loading, Tally } from '../../src/loaders/index.ts'
import { SOAKING } from '../support/rounds.ts'

/** Rows that every transaction writes together, so that an answer with both shows the same twice. */
const KEYS = ['a', 'b'] as const
const RUNS = SOAKING ? 100_000 : 1_500

/** Postgres as far as the cache depends on it: what a snapshot shows, and what a poll says. Every message takes its time. */
class Model implements Freshness {
  readonly coherence = new Coherence(1)
  readonly #scheduler: Scheduler
  /** The version that both rows have. */
  version = 0
  #log: { readonly position: number; readonly tags: readonly string[] }[] = []
  #polled = 0
  #polledAt = Number.NEGATIVE_INFINITY

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
    this.coherence.forgetAll(0)
  }

  message(what: string): Promise<unknown> {
    return this.#scheduler.schedule(Promise.resolve(), what)
  }

  /** @param listed which rows are said to have changed; else the whole table */
  commit(listed: boolean): void {
    this.version++
    const tags = listed ? ['t', 't:a', 't:b'] : ['t', 't!']
    this.#log.push({ position: this.version, tags })
  }

  isLive = (): boolean => true
  isHeld = (): boolean => false
  hasPolledSince = (moment: number): boolean => this.#polledAt > moment
  distrust = (): void => undefined
  wake = async (): Promise<void> => undefined

  catchUp = shared(async () => {
    const sentAt = performance.now()
    await this.message('poll')
    const [position, since] = [this.version, this.#log.slice(this.#polled)]
    this.#polled = this.#log.length
    await this.message('poll answered')
    this.coherence.advance(
      position,
      since.flatMap(({ tags }) => tags),
    )
    this.#polledAt = sentAt
  })
}

/** Reads both rows by statements of their own, through the cache, as a query of two fields does. */
function reader(model: Model, cacheBytes: number) {
  const cache = createCache({ bytes: cacheBytes, freshness: model, heard: () => undefined })
  const loading = { freshness: model, tally: new Tally() } as unknown as Loading
  const { signal } = new AbortController()
  const begun = () => new Answer(model.coherence.moment, model.coherence.changes)
  return async (how: string): Promise<readonly number[]> => {
    const load = {
      signal,
      answer: begun(),
      begin() {
        load.answer = begun()
      },
      async inOneSnapshot() {
        load.answer = begun()
        return [model.version, model.version]
      },
    }
    /** As one level of a query reads all its keys, or some of them. */
    const read = async (...wantedKeys: readonly string[]): Promise<readonly number[]> => {
      const wanted = wantedKeys.map((key) => ({ key, tags: ['t!', `t:${key}`] }))
      for (const { tags } of wanted) for (const tag of tags) load.answer.tags.add(tag)
      const values = await cache.read({
        scope: EVERYONE,
        group: 't',
        generation: model.coherence.moment.generation,
        unkept: () => undefined,
        wanted,
        signal,
        async fetch(places) {
          await model.message('read')
          const { version } = model
          await model.message('read answered')
          return { values: places.map(() => version) }
        },
        heard: (source, count, pieces) => load.answer.add(source, count, pieces),
      })
      return values as readonly number[]
    }
    const run = async (): Promise<readonly number[]> => {
      if (how === 'read one') return read('a')
      if (how === 'read other') return read('b')
      return how === 'read batch' ? read(...KEYS) : (await Promise.all(KEYS.map((key) => read(key)))).flat()
    }
    return atOneMoment(loading, load as unknown as LoadContext, run)
  }
}

it(
  'in whatever order messages come, nobody is shown what no longer holds',
  async () => {
    const step = fc.record({
      what: fc.constantFrom('read both', 'read batch', 'read one', 'read other', 'write', 'write past us', 'write all'),
      after: fc.nat({ max: 3 }),
    })
    const property = fc.asyncProperty(
      fc.scheduler(),
      fc.array(step, { minLength: 3, maxLength: 9 }),
      async (scheduler, steps) => {
        const model = new Model(scheduler)
        const read = reader(model, 1_000_000)
        let seen = 0
        const play = async ({ what, after }: { what: string; after: number }): Promise<void> => {
          for (let wait = 0; wait < after; wait++) await model.message('wait')
          if (what.startsWith('read')) {
            const least = seen
            const versions = await read(what)
            expect(Math.min(...versions), `${what}: ${versions}, at least ${least}`).toBeGreaterThanOrEqual(least)
            expect(new Set(versions).size, `${what}: ${versions}`).toBe(1)
            seen = Math.max(seen, ...versions)
            return
          }
          model.commit(what !== 'write all')
          const written = model.version
          if (what === 'write past us') return
          await model.catchUp()
          // Acknowledged: who comes later sees it.
          seen = Math.max(seen, written)
        }
        await scheduler.waitFor(Promise.all(steps.map(play)))
      },
    )
    await fc.assert(property, { numRuns: RUNS, ...(SOAKING ? {} : { seed: 7 }) })
  },
  SOAKING ? 1_200_000 : 60_000,
)
