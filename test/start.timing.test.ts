import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../local/free-port.ts'
import { buildDistribution, type Distribution } from './support/distribution.ts'
import { createNpmStart, type NpmStart } from './support/npm-start.ts'
import { platformEnvironment } from './support/platform-environment.ts'
import { startTestApp, type TestApp, untilLive, untilReady } from './support/test-app.ts'

const [READY_WITHIN_MS, AGAIN_WITHIN_MS] = [1_000, 3_000]

let dist: Distribution
let app: TestApp
let npm: NpmStart
beforeAll(async () => {
  dist = buildDistribution()
  app = await startTestApp()
  npm = await createNpmStart()
})
afterAll(async () => {
  await npm.close()
  await app.close()
  dist.remove()
})

/** The best of three, in ms; one that is within the limit is enough. */
async function best(limitMs: number, measure: () => Promise<number>): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY
  for (let time = 0; time < 3 && shortest > limitMs; time++) shortest = Math.min(shortest, await measure())
  return shortest
}

it(`what is built is ready within ${READY_WITHIN_MS} ms where the database is warm`, async () => {
  const measured = await best(READY_WITHIN_MS, async () => {
    const port = await freePort()
    const began = performance.now()
    const { child, ended } = dist.run(platformEnvironment(app, port))
    await untilLive(`http://127.0.0.1:${port}`)
    await untilReady(`http://127.0.0.1:${port}`)
    const took = performance.now() - began
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    return took
  })
  expect(measured).toBeLessThan(READY_WITHIN_MS)
})

it(`npm start answers again within ${AGAIN_WITHIN_MS} ms`, async () => {
  let started = await npm.start()
  const measured = await best(AGAIN_WITHIN_MS, async () => {
    started.child.kill('SIGTERM')
    await started.ended
    const began = performance.now()
    started = await npm.start()
    expect((await npm.query('{ trips(first: 1) { nodes { id } } }')).trips.nodes).toHaveLength(1)
    return performance.now() - began
  })
  expect(measured).toBeLessThan(AGAIN_WITHIN_MS)
})
