import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createRandom } from '../../local/lakehouse/random.ts'
import { Turns } from './turns.ts'

const never = new AbortController().signal

it('lets as many work at once as it says, each key for itself, whatever they come to', async () => {
  const turns = new Turns({ most: 3, waitMs: 5_000 })
  const random = createRandom(5).next
  const running = new Map<string, number>()
  let most = 0
  const work = async (key: string): Promise<void> => {
    const now = (running.get(key) ?? 0) + 1
    running.set(key, now)
    most = Math.max(most, now)
    await sleep(random() * 3)
    running.set(key, (running.get(key) ?? 0) - 1)
    if (random() < 0.2) throw new Error('failed')
  }
  const all = Array.from({ length: 400 }, async (_, index) => {
    const key = `k${index % 5}`
    const controller = new AbortController()
    if (random() < 0.3) setTimeout(() => controller.abort(new Error('left')), random() * 40)
    return turns.run(key, controller.signal, () => work(key)).catch((error: Error) => error.message)
  })
  const said = new Set(await Promise.all(all))
  expect([...said].sort()).toEqual(['failed', 'left', undefined])
  expect(most).toBe(3)
  expect([...running.values()]).toEqual([0, 0, 0, 0, 0])
  // Nothing has been lost: three at once again, without waiting.
  await Promise.all(['k0', 'k0', 'k0'].map((key) => turns.run(key, AbortSignal.timeout(1_000), () => sleep(20))))
})

it('refuses who would wait for too long, and forgets at once who has left', async () => {
  const turns = new Turns({ most: 1, waitMs: 100 })
  let end = (): void => undefined
  const first = turns.run('k', never, () => new Promise<void>((resolve) => (end = resolve)))
  const started = performance.now()
  await expect(turns.run('k', never, async () => undefined)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(performance.now() - started).toBeGreaterThan(90)
  const controller = new AbortController()
  const leaving = Array.from({ length: 500 }, () =>
    turns.run('k', controller.signal, async () => 'no').catch(() => 'left'),
  )
  await expect(turns.run('k', never, async () => undefined)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  controller.abort(new Error('left'))
  expect(new Set(await Promise.all(leaving))).toEqual(new Set(['left']))
  const next = turns.run('k', never, async () => 'done')
  end()
  await first
  expect(await next).toBe('done')
})
