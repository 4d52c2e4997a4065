import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closeServer } from '../../local/platform/listen.ts'
import { createClient } from '../../sdk/src/index.ts'
import { createProxy, type ProxyOptions } from '../../sdk/src/proxy/index.ts'
import { dayAhead } from '../support/holiday-mutations.ts'
import { recording } from '../support/sdk.ts'
import { startTestApp, type TestApp } from '../support/test-app.ts'
import own from './own-documents/documents.json' with { type: 'json' }
import { operations } from './own-documents/index.ts'

let app: TestApp
const servers: Server[] = []
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(async () => {
  for (const server of servers) await closeServer(server)
  await app.close()
})

/** Another app's server, whose pages call it. */
async function serve(more: Partial<ProxyOptions> = {}, parsed = false): Promise<string> {
  const proxy = createProxy({ url: app.url, token: () => app.tokens.of(app.alice), ...more })
  const server = createServer((request, response) => {
    if (!parsed) return proxy.node(request, response)
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      proxy.node(Object.assign(request, { body: text === '' ? undefined : JSON.parse(text) }), response)
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const post = (url: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/api/graphql`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })

async function codeOf(answer: Response): Promise<string> {
  const { errors = [] }: { errors?: { extensions: { code: string } }[] } = JSON.parse(await answer.text())
  return `${answer.status} ${errors[0]?.extensions.code}`
}

describe('a proxy', () => {
  it.each([false, true])('forwards reads, their 304s and writes; the body parsed before: %s', async (parsed) => {
    const { seen, fetch } = recording()
    const page = createClient({ url: await serve({}, parsed), fetch })
    expect(await page.trips({ first: 2 })).toEqual(await page.trips({ first: 2 }))
    expect(seen.map(({ status }) => status)).toEqual([200, 304])
    const startDate = dayAhead(parsed ? 500 : 510)
    expect(await page.createHolidayRequest({ startDate, endDate: startDate })).toMatchObject({ startDate })
    expect((await page.viewer()).email).toBe('alice@example.com')
    expect(seen.at(-1)?.headers.get('x-min-position')).toMatch(/^[0-9a-f]{12}-\d+$/)
  })

  it('lets nothing through by which a caller could be somebody else, and no cookies in either direction', async () => {
    const url = await serve()
    const { persona, ...headers } = {
      persona: 'bob@example.com',
      authorization: `Bearer ${app.tokens.rotate(app.alice)}x`,
      'x-forwarded-email': 'bob@example.com',
      'x-forwarded-access-token': 'bob',
    }
    const body = JSON.stringify({ query: '{ viewer { email } }' })
    const answer = await post(url, body, { ...headers, 'x-persona': persona, cookie: `persona=${persona}` })
    expect(await answer.json()).toEqual({ data: { viewer: { email: 'alice@example.com' } } })
    expect(answer.headers.get('set-cookie')).toBe(null)
  })

  it('forwards no more than the documents it was given, if any', async () => {
    const url = await serve({ documents: Object.keys(own.documents) })
    const { id, text } = operations.cheapTrips
    const variables = { max: 3 }
    // It isn't registered with the API: it is forwarded, and refused there.
    expect(await codeOf(await post(url, JSON.stringify({ documentId: id, variables })))).toBe('404 DOCUMENT_NOT_FOUND')
    const two = [
      { documentId: id, variables },
      { documentId: id, variables },
    ]
    expect(await (await post(url, JSON.stringify(two))).json()).toMatchObject(two.map(() => ({ errors: [{}] })))
    const refused = '403 DOCUMENT_NOT_TRUSTED'
    const other = `sha256:${'0'.repeat(64)}`
    for (const body of [
      { query: '{ viewer { id } }' },
      { documentId: id, query: '{ viewer { id } }' },
      [{ documentId: id }, { documentId: other }],
      [{ documentId: id }, { documentId: id, query: text }],
      [{ query: text }],
      [[{ documentId: id }]],
      [],
      [null],
    ]) {
      expect(await codeOf(await post(url, JSON.stringify(body)))).toBe(refused)
    }
    for (const query of [{ documentId: other }, { query: text }, { documentId: id, query: text }]) {
      const search = new URLSearchParams(query as Record<string, string>)
      expect(await codeOf(await fetch(`${url}/api/graphql?${search}`))).toBe(refused)
    }
    expect(await codeOf(await fetch(`${url}/api/graphql?documentId=${id}&documentId=${other}`))).toBe(refused)
  })

  it('refuses what another site’s page could send, what is too large, and other methods', async () => {
    const url = await serve()
    expect(await codeOf(await post(url, '{}', { 'content-type': 'text/plain' }))).toBe('415 UNSUPPORTED_MEDIA_TYPE')
    expect(await codeOf(await post(url, ' '.repeat(1_100_000)))).toBe('413 PAYLOAD_TOO_LARGE')
    expect(await codeOf(await fetch(`${url}/api/graphql`, { method: 'DELETE' }))).toBe('405 METHOD_NOT_ALLOWED')
  })

  it('says what is wrong behind it: nobody there, somebody else, no token, no answer in time', async () => {
    const body = JSON.stringify({ query: '{ viewer { id } }' })
    expect(await codeOf(await post(await serve({ url: 'http://127.0.0.1:9' }), body))).toBe('503 UNAVAILABLE')
    const other = createServer((_, response) => response.writeHead(302, { location: '/login' }).end())
    const silent = createServer(() => undefined)
    for (const server of [other, silent]) {
      servers.push(server)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    }
    const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    expect(await codeOf(await post(await serve({ url: urlOf(other) }), body))).toBe('502 NOT_GRAPHQL')
    expect(await codeOf(await post(await serve({ url: urlOf(silent), timeoutMs: 200 }), body))).toBe(
      '504 DEADLINE_EXCEEDED',
    )
    const tokenless = await serve({ token: () => Promise.reject(new Error('a-secret')) })
    expect(await codeOf(await post(tokenless, body))).toBe('502 NO_TOKEN')
  })
})
