import { describe, expect, it } from 'vitest'
import { shared } from './shared.ts'

/** A run that ends when it is told to. */
function watchedRun() {
  const open: PromiseWithResolvers<number>[] = []
  let [runs, most] = [0, 0]
  const once = shared(async () => {
    const run = Promise.withResolvers<number>()
    const number = ++runs
    open.push(run)
    most = Math.max(most, open.length)
    await run.promise
    open.splice(open.indexOf(run), 1)
    return number
  })
  return { once, end: () => open[0]?.resolve(0), most: () => most, open: () => open.length }
}

describe('shared', () => {
  it('gives all who ask while one runs the next one, which begins when that has ended', async () => {
    const { once, end } = watchedRun()
    const first = once()
    const [second, third] = [once(), once()]
    end()
    expect(await first).toBe(1)
    end()
    expect([await second, await third]).toEqual([2, 2])
  })

  it('never has two at a time, at whatever moment somebody asks', async () => {
    for (let steps = 0; steps < 12; steps++) {
      const { once, end, most, open } = watchedRun()
      const asked = [once(), once()]
      end()
      // So many turns later, between the end of the first and the beginning of the second.
      for (let step = 0; step < steps; step++) await Promise.resolve()
      asked.push(once())
      let left = asked.length
      for (const each of asked) void each.finally(() => left--)
      while (left > 0 || open() > 0) {
        end()
        await Promise.resolve()
      }
      expect(most(), `after ${steps} turns`).toBe(1)
    }
  })

  it('goes on after a run that has failed', async () => {
    let runs = 0
    const once = shared(() => (++runs === 1 ? Promise.reject(new Error('first')) : Promise.resolve(runs)))
    const [first, second] = [once(), once()]
    await expect(first).rejects.toThrow('first')
    expect(await second).toBe(2)
  })
})
