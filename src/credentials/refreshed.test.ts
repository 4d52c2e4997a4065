import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { createRefreshed, type Refreshed } from './refreshed.ts'

/** What the next fetch takes and gives; each secret is another one. */
let lifeMs: number
let tookMs: number
let failing: boolean
let fetched: number
let failures: unknown[]
let secret: Refreshed

beforeEach(() => {
  ;[lifeMs, tookMs, failing, fetched, failures] = [3_600_000, 0, false, 0, []]
  secret = createRefreshed({
    async fetch() {
      const value = `secret ${++fetched}`
      await sleep(tookMs)
      if (failing) throw new Error(`no ${value}`)
      return { value, expiresAt: Date.now() + lifeMs }
    },
    onFailure: (error) => failures.push(error),
  })
})

describe('a secret', () => {
  it('is fetched once for all who need it at a time, and not again while it is fresh', async () => {
    tookMs = 20
    const all = await Promise.all(Array.from({ length: 50 }, () => secret.get()))
    expect(new Set(all)).toEqual(new Set(['secret 1']))
    expect(await secret.get()).toBe('secret 1')
    expect(fetched).toBe(1)
  })

  it('isn’t given when it is about to expire', async () => {
    lifeMs = 1_400
    await secret.get()
    tookMs = 30
    await sleep(460)
    lifeMs = 3_600_000
    // 940 ms are left, too little to hand it on: who asks waits.
    expect(await secret.get()).toBe('secret 2')
  })

  it('is fetched anew in the last quarter of a short life, and the old one is given meanwhile', async () => {
    lifeMs = 4_800
    await secret.get()
    tookMs = 30
    await sleep(3_650)
    expect(await secret.get()).toBe('secret 1')
    await sleep(60)
    expect(await secret.get()).toBe('secret 2')
    expect(fetched).toBe(2)
  })

  it('that was refused is not given again, but one that came since is', async () => {
    const first = await secret.get()
    secret.refuse(first)
    // It has never been any good: the next one takes a moment.
    await expect(secret.get()).rejects.toThrow('refused as soon as it comes')
    await sleep(260)
    const second = await secret.get()
    expect(second).not.toBe(first)
    secret.refuse(first)
    expect(await secret.get()).toBe(second)
  })
})

describe('while fetching fails', () => {
  it('by secrets that have expired as they come, tries become rarer too', async () => {
    lifeMs = 500
    for (let count = 0; count < 200; count++) await expect(secret.get()).rejects.toThrow('clock')
    expect(fetched).toBe(1)
    lifeMs = 3_600_000
    await sleep(260)
    expect(await secret.get()).toBe('secret 2')
  })

  it('who needs the secret hears so at once, and tries become rarer', async () => {
    failing = true
    const until = performance.now() + 1_000
    let asked = 0
    while (performance.now() < until) {
      await expect(secret.get()).rejects.toThrow('no secret')
      asked++
      await sleep(1)
    }
    expect(asked).toBeGreaterThan(100)
    // 250 and 500 ms, each shortened by half at most
    expect(fetched).toBeGreaterThanOrEqual(2)
    expect(fetched).toBeLessThanOrEqual(5)
    expect(failures).toHaveLength(fetched)
  })

  it('one that holds is given, and the next is there soon after it works again', async () => {
    lifeMs = 5_600
    await secret.get()
    await sleep(4_210)
    failing = true
    expect(await secret.get()).toBe('secret 1')
    await sleep(0)
    failing = false
    lifeMs = 3_600_000
    await sleep(260)
    expect(await secret.get()).toBe('secret 1')
    await sleep(20)
    expect(await secret.get()).toBe('secret 3')
  })
})
