import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dayAhead } from '../support/holiday-mutations.ts'
import { type Consumer, createConsumer } from '../support/packed-sdk.ts'
import { startTestApp, type TestApp } from '../support/test-app.ts'

/** Of the runtime without documents, minified and compressed. */
const BUDGET_BYTES = 12 * 1024

let consumer: Consumer
let app: TestApp
beforeAll(async () => {
  consumer = createConsumer()
  app = await startTestApp()
}, 120_000)
afterAll(async () => {
  consumer?.remove()
  await app?.close()
})

async function sizeOf(entry: string): Promise<number> {
  const bundle = await rolldown({ input: join(consumer.installed, 'dist/src', entry), platform: 'browser' })
  const { output } = await bundle.generate({ format: 'esm', minify: true })
  return gzipSync(output[0].code).length
}

describe('the packed SDK in an empty project', () => {
  it('has types that hold without skipLibCheck, and refuse what is wrong; and calls', async () => {
    const { calls }: { calls: (...args: unknown[]) => Promise<object> } = await import(
      pathToFileURL(join(consumer.folder, 'out/app.js')).href
    )
    const dates = { startDate: dayAhead(700), endDate: dayAhead(701) }
    const { count } = await app
      .query('{ tripStats(filter: { pickupZip: "10001" }) { count } }')
      .then(({ data }) => data.tripStats)
    expect(await calls({ url: app.url, token: () => app.tokens.of(app.alice) }, dates)).toEqual({
      ...{ first: 50, walked: count, mine: 2, said: 'NOT_ALLOWED', code: 'BAD_USER_INPUT' },
    })
  })

  it('depends on nothing, and brings its schema and the manifest of its documents', () => {
    const read = (name: string): string => readFileSync(join(consumer.installed, name), 'utf8')
    const { dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(read('package.json'))
    expect(dependencies).toBe(undefined)
    expect(Object.keys(peerDependenciesMeta)).toEqual(Object.keys(peerDependencies))
    expect(read('schema.graphql')).toBe(readFileSync('schema/schema.graphql', 'utf8'))
    expect(Object.keys(JSON.parse(read('documents.json')).documents)).toHaveLength(14)
  })

  it(`is no more than ${BUDGET_BYTES} bytes`, async () => {
    const sizes = { client: await sizeOf('index.js'), proxy: await sizeOf('proxy/index.js') }
    process.stdout.write(`minified and gzipped: ${JSON.stringify(sizes)}\n`)
    // With its documents, which aren't of the budget, it is within it all the same.
    expect(sizes.client).toBeLessThan(BUDGET_BYTES)
    expect(sizes.proxy).toBeLessThan(BUDGET_BYTES)
  })
})
