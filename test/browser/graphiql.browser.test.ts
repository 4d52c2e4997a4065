import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page, Request } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PERSONAS } from '../../local/platform/personas.ts'
import { domains } from '../../src/domains/index.ts'
import { startTestApp, type TestApp } from '../support/test-app.ts'
import { launchChromium } from './chromium.ts'

/** GraphiQL looks only after a pause what is in the editor; nobody's hand is faster. */
const SETTLE_MS = 500

let app: TestApp
let browser: Browser
let page: Page
let requests: Request[]
const problems: string[] = []

beforeAll(async () => {
  app = await startTestApp({ environment: { OPERATORS: 'alice@example.com' } })
  browser = await launchChromium()
})
beforeEach(async () => {
  const context = await browser.newContext()
  page = await context.newPage()
  page.setDefaultTimeout(15_000)
  requests = []
  page.on('request', (request) => requests.push(request))
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  await page.goto(`${app.url}/`)
  await page.locator('.graphiql-execute-button').waitFor()
})
afterEach(async () => {
  await page.context().close()
  expect(problems.splice(0)).toEqual([])
})
afterAll(async () => {
  await browser?.close()
  await app.close()
})

async function run(): Promise<void> {
  await sleep(SETTLE_MS)
  await page.locator('.graphiql-execute-button').click()
}
const result = (): Promise<string> => page.locator('.graphiql-response').innerText()

/** What stands in the editor is replaced, as a person would do it. */
async function type(query: string): Promise<void> {
  await page.locator('.graphiql-editor .monaco-editor').first().click()
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.press('Delete')
  await page.keyboard.insertText(query)
}

describe('GraphiQL', () => {
  it('shows the rows of a query that somebody types, and what the answer’s headers say', async () => {
    await type('{ trip(id: "1") { tripId pickupZip } }')
    await run()
    await page.locator('.graphiql-response', { hasText: '"tripId"' }).waitFor()
    expect(await result()).toContain('"pickupZip"')
    await expect.poll(() => page.locator('#answer').innerText()).toMatch(/^200 in \d+ ms, request [\w-]+$/)
    expect(await page.locator('#cache-status').innerText()).toContain('lakebase-graphql')
    expect(await page.locator('#server-timing').innerText()).toMatch(/graphql;dur=/)
  })

  it('asks as the persona that is chosen', async () => {
    const options = await page.locator('#persona option').allInnerTexts()
    expect(options).toHaveLength(PERSONAS.length)
    expect(await page.locator('#persona').inputValue()).toBe('alice@example.com')
    await page.locator('#persona').selectOption('bob@example.com')
    await type('{ __typename }')
    const asked = page.waitForRequest((request) => request.method() === 'POST')
    await run()
    expect((await (await asked).allHeaders())['cookie']).toContain('persona=bob%40example.com')
    await page.locator('.graphiql-response', { hasText: '"Query"' }).waitFor()
    await page.reload()
    await page.locator('#persona-choice').waitFor()
    expect(await page.locator('#persona').inputValue()).toBe('bob@example.com')
  })

  it('opens with a tab for each example, and they work', async () => {
    const tabs = page.locator('.graphiql-tab-button')
    const examples = domains.flatMap((domain) => domain.examples)
    expect(await tabs.count()).toBe(examples.length)
    for (let index = 0; index < examples.length; index++) {
      await tabs.nth(index).click()
      await run()
      const [, field = ''] = /{\s+(\w+)/.exec(examples[index] ?? '') ?? []
      await page.locator('.graphiql-response', { hasText: `"${field}"` }).waitFor()
      expect(await result()).not.toContain('"errors"')
    }
  })

  it('takes one through the guide’s walk: bob asks, alice looks, approves one and rejects another, bob sees it', async () => {
    const tab = async (words: string): Promise<void> => {
      await page.locator('.graphiql-tab-button', { hasText: words }).click()
      await run()
    }
    // The editor writes spaces of its own kind.
    const shows = (key: string, value: string) =>
      page.locator('.graphiql-response', { hasText: new RegExp(`"${key}":\\s"${value}"`) }).waitFor()
    await app.sql((client) =>
      client.query('delete from holidays.holiday_requests where start_date > current_date + 80'),
    )
    await page.locator('#persona').selectOption('bob@example.com')
    await tab('AskForHolidays')
    await shows('status', 'PENDING')
    const [, asked = ''] = /"requestId":\s"(\d+)"/.exec(await result()) ?? []
    await page.locator('#persona').selectOption('alice@example.com')
    await tab('HolidayRequests')
    await shows('requestId', asked)
    const decide = (field: string, id: string, note: string) =>
      type(
        `mutation { ${field}(input: { id: "${id}", version: 1, note: "${note}" }) { ... on HolidayRequest { requestId status managerNote } } }`,
      )
    await decide('approveHolidayRequest', asked, 'Enjoy!')
    await run()
    await shows('status', 'APPROVED')
    await decide('rejectHolidayRequest', '1', 'Too long')
    await run()
    await shows('status', 'REJECTED')
    await page.locator('#persona').selectOption('bob@example.com')
    await type(
      `{ holidayRequest(id: "${asked}") { status managerNote decidedBy } joes: holidayRequest(id: "1") { status } }`,
    )
    await run()
    await shows('decidedBy', 'alice@example.com')
    await shows('managerNote', 'Enjoy!')
    expect(await result()).toMatch(/"joes":\snull/)
  })

  it('loads nothing from outside, and what is large only once', async () => {
    app.statements()
    const from = app.seen.length
    await page.reload()
    await page.locator('.graphiql-execute-button').waitFor()
    const urls = requests.map((request) => request.url()).filter((url) => !/^(data|blob):/.test(url))
    expect(urls.filter((url) => !url.startsWith(app.url))).toEqual([])
    const loaded = app.seen
      .slice(from)
      .flatMap((each) => (each.event === 'request' ? [`${each.method} ${each.path}`] : []))
    expect(loaded).toContain('GET /api/graphql')
    expect(loaded.filter((each) => each.includes('/api/graphiql/'))).toEqual([])
  })
})
