import { createConnection } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, until } from './support/test-app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ environment: { REQUEST_TIMEOUT_MS: '1500' } })
})
afterAll(() => app.close())

const JSON_TYPE = { 'content-type': 'application/json' }
const QUERY = JSON.stringify({ query: '{ trips(first: 1) { nodes { id } } }' })
const call = (path: string, init: RequestInit = {}) => fetch(`${app.url}${path}`, { redirect: 'manual', ...init })
const post = (body: BodyInit, headers: Record<string, string> = JSON_TYPE, path = '/api/graphql') =>
  call(path, { method: 'POST', body, headers })

async function codeOf(answer: Response): Promise<string> {
  const { errors } = await answer.json()
  expect(errors[0].extensions.requestId).toBe(answer.headers.get('x-request-id'))
  return errors[0].extensions.code
}

describe('paths', () => {
  it('live and ready answer without a query', async () => {
    app.statements()
    expect(await (await call('/api/live')).json()).toEqual({ live: true })
    expect(await (await call('/api/ready')).json()).toEqual({ ready: true, missing: [] })
    expect(app.statements()).toEqual([])
  })

  it('ready says so where Postgres speaks no TLS', async () => {
    const secure = await startTestApp({ unready: true, database: app.database, environment: { PGSSLMODE: 'require' } })
    try {
      const ready = async () => (await fetch(`${secure.appUrl}/api/ready`)).json()
      await until(async () => JSON.stringify(await ready()).includes('Postgres speaks no TLS; see PGSSLMODE'))
    } finally {
      await secure.close()
    }
  })

  it('/ leads to GraphiQL, /graphql is /api/graphql, the rest is not there', async () => {
    const home = await call('/')
    expect([home.status, home.headers.get('location')]).toEqual([302, '/api/graphql'])
    expect((await post(QUERY, JSON_TYPE, '/graphql')).status).toBe(200)
    for (const path of ['/api', '/api/graphql/', '/api//graphql', '/API/GRAPHQL', '/api/graphql/x', '/.env']) {
      const missing = await call(path)
      expect([missing.status, await codeOf(missing)]).toEqual([404, 'NOT_FOUND'])
    }
  })

  it('GraphiQL is for browsers, loads nothing from elsewhere, is compressed and kept', async () => {
    const html = { accept: 'text/html,application/xhtml+xml' }
    const page = await call('/api/graphql', { headers: html })
    const text = await page.text()
    const parts = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url ?? '')
    const local = parts.filter((url) => !url.startsWith('data:'))
    expect(local).toHaveLength(2)
    for (const part of local) {
      expect(part).toMatch(/^\/api\/graphiql\/[\w-]{22}\.(js|css)$/)
      const answer = await call(part)
      expect([answer.status, answer.headers.get('content-encoding')]).toEqual([200, 'gzip'])
      expect(answer.headers.get('cache-control')).toBe('private, max-age=31536000, immutable')
      const etag = answer.headers.get('etag') ?? ''
      expect((await call(part, { headers: { 'if-none-match': etag } })).status).toBe(304)
    }
    const policy = page.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/https?:|script-src[^;]*unsafe/)
    const etag = page.headers.get('etag') ?? ''
    expect((await call('/api/graphql', { headers: { ...html, 'if-none-match': etag } })).status).toBe(304)
    // The page keeps its query in its URL: loaded again, it is still the page.
    const again = await call('/api/graphql?query={__typename}', { headers: html })
    expect(again.headers.get('content-type')).toContain('text/html')
    expect((await call('/api/graphiql/nothing.js')).status).toBe(404)
  })
})

describe('CSRF', () => {
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
    '',
    'application/jsonx',
    'text/plain; application/json',
  ])('a POST of type %j is refused', async (type) => {
    const answer = await post(QUERY, { 'content-type': type })
    expect([answer.status, await codeOf(answer)]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
  })

  it('no origin is ever allowed', async () => {
    const headers = { ...JSON_TYPE, origin: 'https://evil.example' }
    const answer = await post(QUERY, headers)
    const preflight = await call('/api/graphql', {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    })
    for (const each of [answer, preflight]) {
      expect([...each.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    }
    expect(preflight.status).toBe(405)
  })

  it.each(['PUT', 'PATCH', 'DELETE', 'HEAD'])('%s is no method of GraphQL', async (method) => {
    const answer = await call('/api/graphql', { method })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST'])
  })
})

describe('bodies', () => {
  it('of more than 1 MB are refused, with a length and in chunks', async () => {
    const large = 'x'.repeat(10_000_000)
    const declared = await post(large)
    expect([declared.status, await codeOf(declared)]).toEqual([413, 'PAYLOAD_TOO_LARGE'])
    const chunks = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent < 3; sent++) controller.enqueue(Buffer.from('x'.repeat(500_000)))
        controller.close()
      },
    })
    const chunked = await call('/api/graphql', {
      method: 'POST',
      body: chunks,
      headers: JSON_TYPE,
      duplex: 'half',
    } as RequestInit)
    expect(chunked.status).toBe(413)
  })

  it('that are refused for something else leave their sender the answer, however large they are', async () => {
    for (let again = 0; again < 3; again++) {
      const init = { method: 'POST', body: 'x'.repeat(8_000_000), headers: { 'content-type': 'text/plain' } }
      for (const url of [app.url, app.appUrl]) {
        const answer = await fetch(`${url}/api/graphql`, init)
        expect([answer.status, await codeOf(answer)]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
      }
    }
  })

  it('in chunks are read', async () => {
    const body = new Blob([QUERY.slice(0, 9), QUERY.slice(9)]).stream()
    const answer = await call('/api/graphql', {
      method: 'POST',
      body,
      headers: JSON_TYPE,
      duplex: 'half',
    } as RequestInit)
    expect((await answer.json()).data.trips.nodes).toHaveLength(1)
  })

  it.each([
    '',
    ' ',
    'null',
    '[]',
    '5',
    '"x"',
    '{',
    '{"query":5}',
    '{"query":null}',
    '{"query":"{a}","variables":5}',
    '[]',
    '\u0000',
  ])('that are %j are refused with 400', async (body) => {
    const answer = await post(body)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
    const text = await answer.text()
    expect(text.length).toBeLessThan(2_000)
    expect(text).not.toMatch(/node_modules|\.ts:/)
  })

  it('of invalid UTF-8 are refused or read, and the app lives', async () => {
    const answer = await post(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]))
    expect(answer.status).toBeLessThan(500)
  })

  it('that never end are given up at the deadline', async () => {
    const port = Number(new URL(app.appUrl).port)
    const began = performance.now()
    const text = await new Promise<string>((resolve, reject) => {
      const socket = createConnection(port, '127.0.0.1')
      let received = ''
      const token = app.tokens.of(app.alice)
      socket.write(
        `POST /api/graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Forwarded-Access-Token: ${token}\r\nContent-Length: 100\r\n\r\n{"que`,
      )
      socket.on('data', (chunk) => {
        received += chunk.toString()
      })
      socket.on('close', () => resolve(received))
      socket.on('error', reject)
    })
    expect(performance.now() - began).toBeLessThan(4_000)
    expect(text).toMatch(/^HTTP\/1\.1 (408|504) /)
  })
})

describe('answers', () => {
  it('of a media type that nobody has are refused', async () => {
    const answer = await post(QUERY, { ...JSON_TYPE, accept: 'application/xml' })
    expect([answer.status, await codeOf(answer)]).toEqual([406, 'NOT_ACCEPTABLE'])
  })

  it('carry the platform’s request id and the time of each stage', async () => {
    const answer = await post(QUERY)
    expect(answer.headers.get('x-request-id')).toMatch(/^[\w.-]{14,40}$/)
    expect(answer.headers.get('server-timing')).toMatch(
      /^(memory|identity;dur=[\d.]+, body;dur=[\d.]+, graphql;dur=[\d.]+)$/,
    )
    expect(answer.headers.get('cache-control')).toBe('private, no-cache')
  })

  it('never repeat a request id that could break a log', async () => {
    const headers = { ...JSON_TYPE, 'x-request-id': 'a b"c', 'x-forwarded-access-token': app.tokens.of(app.alice) }
    const answer = await fetch(`${app.appUrl}/api/graphql`, { method: 'POST', headers, body: QUERY })
    expect(answer.headers.get('x-request-id')).toMatch(/^[\w.-]{14,40}$/)
  })

  it.each([
    ['variables that are no JSON', 'variables=%7B', 400],
    ['variables that are no object', 'variables=1', 400],
    ['a list of variables', 'variables=%5B%5D', 400],
    ['empty variables and no name', 'variables=&operationName=', 200],
    ['a name that there isn’t', 'operationName=Other', 400],
  ])('to GET with %s say so', async (_what, parameters, status) => {
    const query = encodeURIComponent('query Some { trips(first: 1) { nodes { id } } }')
    // The second time the query is known.
    for (let time = 0; time < 2; time++) {
      const got = await call(`/api/graphql?query=${query}&${parameters}`, { headers: { accept: 'application/json' } })
      const { data, errors } = await got.json()
      expect([got.status, errors === undefined]).toEqual([status, parameters.endsWith('Name=')])
      if (errors === undefined) expect(data.trips.nodes).toHaveLength(1)
    }
  })

  it('to GET are the same as to POST', async () => {
    const query = encodeURIComponent('{ trips(first: 1) { nodes { id } } }')
    const got = await call(`/api/graphql?query=${query}`, { headers: { accept: 'application/json' } })
    expect(await got.json()).toEqual(await (await post(QUERY)).json())
  })
})
