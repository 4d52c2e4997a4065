import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PERSONAS } from '../../local/platform/personas.ts'
import { type Consumer, createConsumer, run } from '../support/packed-sdk.ts'
import { startTestApp, type TestApp } from '../support/test-app.ts'
import { launchChromium } from './chromium.ts'

const EXAMPLES = join(import.meta.dirname, '../../examples')

let consumer: Consumer
let app: TestApp
let browser: Browser
let env: Record<string, string>
const running: ChildProcess[] = []
beforeAll(async () => {
  consumer = createConsumer()
  cpSync(EXAMPLES, join(consumer.folder, 'examples'), { recursive: true })
  app = await startTestApp()
  browser = await launchChromium()
  const principal = PERSONAS.find(({ kind }) => kind === 'servicePrincipal')
  env = {
    PATH: process.env['PATH'] ?? '',
    LAKEBASE_GRAPHQL_URL: app.url,
    DATABRICKS_HOST: app.workspaceUrl,
    DATABRICKS_CLIENT_ID: principal?.userName ?? '',
    DATABRICKS_CLIENT_SECRET: (principal && app.tokens.secretOf(principal)) ?? '',
  }
}, 120_000)
afterAll(async () => {
  for (const child of running) child.kill()
  await browser?.close()
  consumer?.remove()
  await app?.close()
})

it('node-script reports as the service principal, and says what is wrong', async () => {
  const script = [join(consumer.folder, 'examples/node-script/report.js')]
  const { stdout } = await promisify(execFile)(process.execPath, script, { env })
  expect(stdout).toMatch(/^For nightly-report: .*\n(\d{5} {2}\d+\.\d\d\n){5}$/)
  const wrong = { ...env, DATABRICKS_CLIENT_SECRET: 'a-wrong-secret' }
  const failed = promisify(execFile)(process.execPath, script, { env: wrong })
  const { code, stderr } = await failed.then(
    () => ({ code: 0, stderr: '' }),
    (error: { code: number; stderr: string }) => error,
  )
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^NO_TOKEN: .*no such clientId and clientSecret/)])
  expect(stderr).not.toContain('a-wrong-secret')
})

it('express-app forwards what the page of browser asks, and nothing else', async () => {
  const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', 'express@5.3.0']
  run('npm', install, consumer.folder)
  const server = spawn(process.execPath, [join(consumer.folder, 'examples/express-app/server.js')], {
    env: { ...env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.push(server)
  const [line] = await once(server.stdout, 'data')
  const url = String(line).trim()
  const page = await browser.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  await page.goto(url)
  await page.locator('li').nth(9).waitFor({ timeout: 10_000 })
  expect(await page.locator('#who').innerText()).toBe('as nightly-report sees them')
  expect(await page.locator('li').count()).toBe(10)
  expect(problems).toEqual([])
  const query = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{viewer{id}}"}' }
  expect((await fetch(`${url}api/graphql`, query)).status).toBe(403)
}, 120_000)
