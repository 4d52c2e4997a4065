import { afterAll, beforeAll, expect, it } from 'vitest'
import { SOAKING, soakMs } from '../support/rounds.ts'
import { History } from './history.ts'
import { Workload } from './workload.ts'
import { startWorld, type World } from './world.ts'

/** An ordinary run. */
const MS = Number(process.env['CHECKER_MS'] ?? 5_000)

const BURST_MS = 30_000
/** With what `FEED_LIVE_MS` is set to, and the way there and back. */
const MOST_STALE_MS = 700

let world: World
beforeAll(async () => {
  world = await startWorld({ FEED_POLL_MS: '200', FEED_LIVE_MS: '600' })
})
afterAll(() => world.close())

it(
  'nobody is ever shown what no longer holds: through the API, through another instance, and past both',
  async () => {
    const history = new History()
    const ms = SOAKING ? soakMs() : MS
    const workload = new Workload(world, history, { writers: 2, readers: 8, seed: 7, pauses: SOAKING ? 0.02 : 1 })
    await workload.prepare()
    // In bursts, and after each of them all is quiet.
    for (let left = ms / 2; left > 0; left -= BURST_MS) {
      await workload.run(Math.min(left, BURST_MS))
      await workload.sweep()
    }
    // One of them hears later than the other has answered.
    const [near, far] = world.instances
    near?.proxy.delay(() => Math.random() * 3)
    far?.proxy.delay(() => 2.5 + Math.random() * 20)
    await workload.run(ms / 2)
    for (const { proxy } of world.instances) proxy.delay(undefined)
    await workload.sweep()
    await workload.run(Math.max(2_500, ms / 2), { troubled: true })
    await workload.sweep()
    const [p50, p99, max] = [0.5, 0.99, 1].map((part) => history.percentile(part).toFixed(1))
    process.stdout.write(
      `checker: ${history.writes} writes, ${history.reads} reads, ${history.hits} of them from memory; age of what was read p50 ${p50}, p99 ${p99}, max ${max} ms; ${workload.troubles.length} troubles; failures ${JSON.stringify([...workload.failures])}\n`,
    )
    expect(history.violations.slice(0, 5)).toEqual([])
    expect(history.reads).toBeGreaterThan(100)
    expect(workload.troubles.length).toBeGreaterThan(1)
    if (!SOAKING) expect(history.hits).toBeGreaterThan(20)
    expect(history.percentile(1)).toBeLessThan(MOST_STALE_MS)
  },
  SOAKING ? soakMs() + 120_000 : MS + 60_000,
)
