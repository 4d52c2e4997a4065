import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { EVERYONE } from '../identity/index.ts'
import { Coherence } from './coherence.ts'
import type { Freshness } from './freshness.ts'
import { answerScope, Responses } from './responses.ts'

const MIB = 1024 * 1024
const [ALICE, BOB, EVERYONES] = [answerScope('a', 'x'), answerScope('b', 'x'), answerScope(EVERYONE, 'x')]

function create(bytes: number) {
  const coherence = new Coherence()
  let isLive = true
  const freshness: Freshness = {
    coherence,
    isLive: () => isLive,
    hasPolledSince: () => true,
    isHeld: (tags) => [...tags].includes('held'),
    wake: async () => undefined,
    distrust: () => undefined,
    catchUp: async () => undefined,
  }
  const responses = new Responses<string>({ bytes, freshness, onEvicted: () => undefined })
  const make = (own: typeof ALICE, key: string, { bytes: size = 100, tags = ['t'], shared = true } = {}) =>
    responses.set({ own, maker: own.split('\n')[0] ?? '', everyones: shared ? EVERYONES : undefined }, key, {
      ...{ body: key, bytes: size, moment: coherence.moment, tags },
    })
  const setLive = (live: boolean): void => {
    isLive = live
  }
  return { coherence, responses, make, setLive }
}

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')
/** Of what is in use, in bytes. */
function heapUsed(): number {
  collect()
  return process.memoryUsage().heapUsed
}

describe('answers', () => {
  it('that one viewer alone asks for take that viewer’s share, what two ask for is everyone’s', () => {
    const { responses, make } = create(8 * MIB)
    make(ALICE, 'q')
    expect([responses.get(EVERYONES, 'q'), responses.get(ALICE, 'q'), responses.get(BOB, 'q')]).toEqual([
      undefined,
      'q',
      undefined,
    ])
    make(BOB, 'q')
    expect(responses.get(EVERYONES, 'q')).toBe('q')
    // Made again after everything was forgotten, by whoever comes first.
    responses.clear()
    make(ALICE, 'q')
    expect(responses.get(EVERYONES, 'q')).toBe('q')
    // As many as are four times the budget.
    for (let n = 0; n < 320; n++) make(ALICE, `a${n}`, { bytes: 100_000 })
    expect([responses.get(EVERYONES, 'q'), responses.get(ALICE, 'a0')]).toEqual(['q', undefined])
    expect(responses.size.bytes).toBeLessThan(2 * MIB)
  })

  it('are no more everyone’s by one viewer whose rights have changed than before', () => {
    const { responses, make } = create(8 * MIB)
    make(ALICE, 'q')
    make(answerScope('a', 'y'), 'q')
    expect([responses.get(EVERYONES, 'q'), responses.get(answerScope('a', 'y'), 'q')]).toEqual([undefined, 'q'])
  })

  it('of others become everyone’s whatever one viewer asks for meanwhile, and who made them has a bound', () => {
    const { responses, make } = create(8 * MIB)
    make(BOB, 'q')
    const before = heapUsed()
    // As of somebody in many groups; each time another text, as requests have it.
    for (let n = 0; n < 20_000; n++)
      make(answerScope(['a', 'x'].join('\n'), 'y'.repeat(10_000)), `${n}${' '.repeat(500)}`)
    expect(heapUsed() - before).toBeLessThan(16 * MIB)
    make(answerScope('c', 'x'), 'q')
    expect(responses.get(EVERYONES, 'q')).toBe('q')
  })

  it('are never more than the budget, nor larger than their share, with what is compressed later', () => {
    const { responses, make } = create(MIB)
    expect(make(ALICE, 'large', { bytes: 60_000 })).toBe(false)
    for (let viewer = 0; viewer < 200; viewer++) {
      const own = answerScope(`v${viewer}`, 'x')
      for (let n = 0; n < 20; n++) {
        make(own, `q${n}`, { bytes: 5_000, shared: false })
        responses.grow(own, `q${n}`, `q${n}`, 2_000)
      }
      expect(responses.size.bytes).toBeLessThanOrEqual(MIB)
    }
  })

  it('are sent only while the feed is live, nothing is held, and nothing of them has changed', () => {
    const { coherence, responses, make, setLive } = create(MIB)
    make(ALICE, 'q', { tags: ['t', 'u'] })
    make(ALICE, 'held', { tags: ['held'] })
    expect([responses.get(ALICE, 'q'), responses.get(ALICE, 'held')]).toEqual(['q', undefined])
    setLive(false)
    expect(responses.get(ALICE, 'q')).toBeUndefined()
    setLive(true)
    coherence.advance(5, ['other'])
    expect(responses.get(ALICE, 'q')).toBe('q')
    coherence.advance(6, ['u'])
    expect(responses.get(ALICE, 'q')).toBeUndefined()
    make(ALICE, 'q')
    coherence.forgetAll(6)
    expect(responses.get(ALICE, 'q')).toBeUndefined()
  })
})
