import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { EVERYONE } from '../identity/index.ts'
import { Coherence } from './coherence.ts'
import { createCache } from './create-cache.ts'
import type { Freshness } from './freshness.ts'

const MIB = 1024 * 1024

const freshness = (): Freshness => ({
  coherence: new Coherence(),
  isLive: () => true,
  isHeld: () => false,
  hasPolledSince: () => true,
  wake: async () => undefined,
  distrust: () => undefined,
  catchUp: async () => undefined,
})

/** A list of rows as Postgres writes them: every text its own. */
const rowsOf = (seed: number, count: number): Readonly<Record<string, string | null>>[] =>
  Array.from({ length: count }, (_, row) => ({
    id: String(seed * 1_000 + row),
    name: `name ${seed} ${row} ${'x'.repeat(seed % 40)}`,
    at: `2026-01-01 00:00:${row}.${seed}`,
    note: seed % 3 === 0 ? null : `a longer text with an umlaut ü and a number ${seed}-${row}`,
    far: seed % 5 === 0 ? `beyond Latin-1: ${seed} ✓ ${row}` : 'x',
  }))

const fill = async (cache: ReturnType<typeof createCache>, key: string, value: unknown, scope: string = EVERYONE) => {
  await cache.read({
    scope: scope as typeof EVERYONE,
    group: 't',
    generation: 0,
    unkept: () => undefined,
    wanted: [{ key, tags: ['t!', `t:${key}`] }],
    signal: new AbortController().signal,
    fetch: async () => ({ values: [value] }),
    heard: () => undefined,
  })
}

function heapUsed(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

describe('memory', () => {
  it.each([
    ['rows', 40_000, 1],
    ['lists of 50 rows', 1_500, 50],
  ])('what %s are counted as is what the heap holds', async (_what, entries, rows) => {
    const cache = createCache({ bytes: 512 * MIB, freshness: freshness(), heard: () => undefined })
    await fill(cache, 'first', rowsOf(1, rows))
    const before = heapUsed()
    const counted = cache.size().bytes
    for (let seed = 0; seed < entries; seed++) await fill(cache, `12 ["${seed}"]`, rowsOf(seed, rows))
    const held = heapUsed() - before
    const ratio = (cache.size().bytes - counted) / held
    process.stdout.write(
      `counted ${((cache.size().bytes - counted) / MIB).toFixed(1)} MiB of ${(held / MIB).toFixed(1)} MiB\n`,
    )
    expect(ratio).toBeGreaterThan(0.8)
    expect(ratio).toBeLessThan(1.3)
  })

  it('is never more than the budget, whatever is asked for', async () => {
    const cache = createCache({ bytes: 8 * MIB, freshness: freshness(), heard: () => undefined })
    for (let seed = 0; seed < 60_000; seed++) {
      await fill(cache, `12 ["${seed}"]`, rowsOf(seed, 1 + (seed % 5)))
      if (seed % 1_000 === 0) expect(cache.size().bytes).toBeLessThanOrEqual(8 * MIB)
    }
    expect(cache.size().entries).toBeGreaterThan(1_000)
  }, 60_000)

  it('of one viewer drives out only so much of what others have, and of everyone’s', async () => {
    const cache = createCache({ bytes: 4 * MIB, freshness: freshness(), heard: () => undefined })
    const hits = async (scope: string, count: number): Promise<number> => {
      let found = 0
      for (let seed = 0; seed < count; seed++) {
        await cache.read({
          scope: scope as typeof EVERYONE,
          group: 't',
          generation: 0,
          unkept: () => undefined,
          wanted: [{ key: String(seed), tags: [] }],
          signal: new AbortController().signal,
          fetch: async () => ({ values: [null] }),
          heard: (source) => (found += source === 'hit' ? 1 : 0),
        })
      }
      return found
    }
    for (let seed = 0; seed < 300; seed++) await fill(cache, String(seed), rowsOf(seed, 2), '["quiet"]')
    for (let seed = 0; seed < 300; seed++) await fill(cache, String(seed), rowsOf(seed, 2))
    for (let seed = 0; seed < 50_000; seed++) await fill(cache, String(seed), rowsOf(seed, 2), '["greedy"]')
    expect(cache.size().bytes).toBeLessThan(3 * MIB)
    expect([await hits('["quiet"]', 300), await hits(EVERYONE, 300)]).toEqual([300, 300])
  }, 60_000)

  it('takes no entry that is large for it, and goes on', async () => {
    const events: string[] = []
    const cache = createCache({ bytes: 1 * MIB, freshness: freshness(), heard: (event) => events.push(event) })
    await fill(cache, 'large', rowsOf(1, 2_000))
    await fill(cache, 'small', rowsOf(1, 1))
    expect([events, cache.size().entries]).toEqual([['tooLarge', 'stored'], 1])
    cache.clear()
    expect(cache.size()).toMatchObject({ bytes: 0, entries: 0, scopes: 0 })
  })
})

describe('a read of 200 ms under 100 changes a second', () => {
  it('is one that runs and one that waits, however many ask', async () => {
    const source = freshness()
    const cache = createCache({ bytes: 8 * MIB, freshness: source, heard: () => undefined })
    let [statements, version, running, most] = [0, 0, 0, 0]
    source.coherence.forgetAll(0)
    const change = setInterval(() => source.coherence.advance(++version, ['t']), 10)
    const read = async (): Promise<void> => {
      const least = version
      const [seen] = await cache.read({
        scope: EVERYONE,
        group: 't',
        generation: source.coherence.moment.generation,
        unkept: () => undefined,
        wanted: [{ key: 'sum', tags: ['t'] }],
        signal: new AbortController().signal,
        async fetch() {
          statements++
          most = Math.max(most, ++running)
          const value = version
          await new Promise((resolve) => setTimeout(resolve, 200))
          running--
          return { values: [value] }
        },
        heard: () => undefined,
      })
      expect(seen as number).toBeGreaterThanOrEqual(least)
    }
    const readers = Array.from({ length: 20 }, async () => {
      for (const until = performance.now() + 2_000; performance.now() < until; ) await read()
    })
    await Promise.all(readers)
    clearInterval(change)
    process.stdout.write(`a read of 200 ms, 20 readers for 2 s, 100 changes a second: ${statements} statements\n`)
    expect(most).toBe(1)
    expect(statements).toBeLessThanOrEqual(13)
  })
})
