import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { hedged } from './hedged.ts'

/** Tries that each take so long and then succeed with their number, or fail. */
function tries(...plan: readonly { readonly ms: number; readonly fails?: boolean }[]) {
  let begun = 0
  const attempt = async (): Promise<number> => {
    const number = begun++
    const { ms = 0, fails = false } = plan[number] ?? {}
    await sleep(ms)
    if (fails) throw new Error(`try ${number}`)
    return number
  }
  return { attempt, begun: () => begun }
}

describe('a hedged attempt', () => {
  it('that succeeds in time is the only one', async () => {
    const { attempt, begun } = tries({ ms: 5 })
    expect(await hedged(attempt, { everyMs: 20, most: 3 })).toBe(0)
    await sleep(40)
    expect(begun()).toBe(1)
  })

  it('that hangs doesn’t hold up the next, and what it gives later is released', async () => {
    const { attempt } = tries({ ms: 60 }, { ms: 5 })
    const late: number[] = []
    const began = performance.now()
    expect(await hedged(attempt, { everyMs: 20, most: 3, late: (value) => late.push(value) })).toBe(1)
    expect(performance.now() - began).toBeLessThan(50)
    await sleep(60)
    expect(late).toEqual([0])
  })

  it('that fails ends it at once, whatever is under way: who asked begins anew', async () => {
    const { attempt, begun } = tries({ ms: 5, fails: true })
    await expect(hedged(attempt, { everyMs: 20, most: 3 })).rejects.toThrow('try 0')
    await sleep(40)
    expect(begun()).toBe(1)
    const other = tries({ ms: 60 }, { ms: 1, fails: true })
    const late: number[] = []
    const hedge = { everyMs: 20, most: 3, late: (value: number) => late.push(value) }
    await expect(hedged(other.attempt, hedge)).rejects.toThrow('try 1')
    await sleep(60)
    expect([other.begun(), late]).toEqual([2, [0]])
  })

  it('that doesn’t hang but waits for its turn is left alone', async () => {
    const { attempt, begun } = tries({ ms: 60 })
    expect(await hedged(attempt, { everyMs: 10, most: 3, hangs: () => false })).toBe(0)
    expect(begun()).toBe(1)
  })

  it('is begun so often and no more', async () => {
    const { attempt, begun } = tries({ ms: 200, fails: true }, { ms: 200, fails: true }, { ms: 200, fails: true })
    await expect(hedged(attempt, { everyMs: 10, most: 3 })).rejects.toThrow('try 0')
    expect(begun()).toBe(3)
  })
})
