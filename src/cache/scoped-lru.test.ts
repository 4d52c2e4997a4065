import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { ScopedLru } from './scoped-lru.ts'

function create({ bytes = 100_000, lifeMs = 10_000 } = {}) {
  const gone: string[] = []
  const lru = new ScopedLru<{ bytes: number; group: string }>({
    ...{ bytes, bytesOf: () => bytes, lifeMs: () => lifeMs },
    onGone: (scope, key) => gone.push(`${scope} ${key}`),
  })
  return { lru, gone }
}
const entry = { bytes: 1_000, group: 'g' }

describe('a value that is replaced', () => {
  it('lives no longer than the one before would have', async () => {
    const { lru } = create({ lifeMs: 2_000 })
    lru.set('s', 'k', entry)
    await sleep(1_000)
    lru.replace('s', 'k', { ...entry, bytes: 2_000 })
    expect([lru.get('s', 'k')?.bytes, lru.size.groups.get('g')]).toEqual([2_000, { bytes: 2_000, entries: 1 }])
    await sleep(1_200)
    expect(lru.get('s', 'k')).toBeUndefined()
  })

  it('takes the place of others where there is no room', () => {
    const { lru, gone } = create({ bytes: 10_000 })
    lru.set('other', 'k', entry)
    lru.set('s', 'k', entry)
    lru.replace('s', 'k', { ...entry, bytes: 6_000 })
    expect([lru.get('s', 'k')?.bytes, gone, lru.size.bytes <= 10_000]).toEqual([6_000, ['other k'], true])
  })
})

describe('scopes', () => {
  it('count with their names, and are told of what has gone, not of what was set anew', () => {
    const { lru, gone } = create()
    lru.set('x'.repeat(50_000), 'k', entry)
    lru.set('x'.repeat(50_000), 'k', entry)
    expect(lru.size.bytes).toBeGreaterThan(50_000)
    expect(gone).toEqual([])
    lru.set('y'.repeat(60_000), 'k', entry)
    expect([lru.size.bytes < 100_000, gone.length]).toEqual([true, 1])
    lru.delete('y'.repeat(60_000), 'k')
    lru.clear()
    expect([lru.size.bytes, gone.length]).toEqual([0, 2])
  })
})
