import { createServer, type IncomingHttpHeaders } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildSchema, parse } from 'graphql'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { closeServer, listen } from '../../local/platform/listen.ts'
import { generate } from '../../sdk/codegen/generate.ts'
import { operationsIn } from '../../sdk/codegen/operations.ts'
import { createClient } from '../../sdk/src/index.ts'
import { createProxy } from '../../sdk/src/proxy/index.ts'
import { isHit } from '../support/post.ts'
import { clientOf, recording } from '../support/sdk.ts'
import { startTestApp, type TestApp } from '../support/test-app.ts'
import type { operations } from './own-documents/index.ts'

const URL_ = 'https://example.com'
const VIEWER = { data: { viewer: { name: 'a' } } }
const NOT_FOUND = { errors: [{ message: 'no', extensions: { code: 'DOCUMENT_NOT_FOUND' } }] }

let app: TestApp
const closing: (() => Promise<void>)[] = []
const rejections: unknown[] = []
const onRejection = (reason: unknown): void => void rejections.push(reason)
beforeAll(async () => {
  process.on('unhandledRejection', onRejection)
  app = await startTestApp()
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  await sleep(20)
  expect(rejections.splice(0)).toEqual([])
})
afterAll(async () => {
  process.off('unhandledRejection', onRejection)
  await app.close()
})

/** A `fetch` that answers by itself, and what it was asked with. */
function answering(answer: (url: string, init: RequestInit, count: number) => Response) {
  const asked: Headers[] = []
  const fetch = (async (input: string | URL | Request, init: RequestInit = {}) => {
    asked.push(new Headers(init.headers))
    await sleep(5)
    return answer(String(input), init, asked.length)
  }) as typeof globalThis.fetch
  return { asked, fetch }
}

describe('a client', () => {
  it('asks for an unregistered document by its text, also where several ask at once for the first time', async () => {
    const { fetch } = answering((url) => Response.json(url.includes('documentId') ? NOT_FOUND : VIEWER))
    const lake = createClient({ url: URL_, fetch })
    const all = await Promise.all([lake.viewer(), lake.viewer(), lake.viewer()])
    expect(all.map(({ name }) => name)).toEqual(['a', 'a', 'a'])
  })

  it('says what is wrong with what TypeScript would have refused', async () => {
    const options = { url: URL_, token: 'abc' } as unknown as { url: string }
    expect(() => createClient(options)).toThrow('token must be a function')
    expect(() => createClient({ url: 'localhost:8000' })).toThrow('must begin with https://')
    const text = '{ viewer { id } }' as unknown as (typeof operations)['cheapTrips']
    await expect(createClient({ url: URL_ }).query(text, { max: 1 })).rejects.toMatchObject({ code: 'BAD_OPTIONS' })
  })

  it('says so of variables that JSON can’t hold, and asks nothing', async () => {
    const { asked, fetch } = answering(() => Response.json(VIEWER))
    const itself: { filter?: object } = {}
    itself.filter = itself
    for (const variables of [itself, { first: 1n }] as unknown as { first: number }[]) {
      const call = createClient({ url: URL_, fetch }).trips(variables)
      await expect(call).rejects.toMatchObject({ code: 'BAD_OPTIONS', message: expect.stringContaining('BigInt') })
    }
    expect(asked).toEqual([])
  })

  it('takes no time that no timer can wait for', async () => {
    for (const ms of [Number.POSITIVE_INFINITY, 2 ** 31, 0, -1, Number.NaN]) {
      expect(() => createClient({ url: URL_, timeoutMs: ms })).toThrow(/timeoutMs must be a number of ms/)
      expect(() => createClient({ url: URL_, tryTimeoutMs: ms })).toThrow(/tryTimeoutMs must be a number of ms/)
      expect(() => createProxy({ url: URL_, token: () => 'x', timeoutMs: ms })).toThrow(/timeoutMs must be/)
      const call = createClient({ url: URL_ }).viewer({}, { timeoutMs: ms })
      await expect(call).rejects.toMatchObject({ code: 'BAD_OPTIONS' })
    }
  })

  it.each([
    ['nothing comes back', () => Promise.reject(new TypeError('cut'))],
    ['the answer has no position', () => Response.json({ data: { approveHolidayRequest: null } })],
    [
      'the position is none',
      () => Response.json({ data: {} }, { headers: { 'x-position': 'aaaaaaaaaaaa-9, aaaaaaaaaaaa-9' } }),
    ],
  ])(
    'asks for what nobody has in memory after a mutation of which it doesn’t know how far it came: %s',
    async (_, answer) => {
      const read = (): Response => Response.json(VIEWER, { headers: { 'x-position': 'aaaaaaaaaaaa-5' } })
      const { asked, fetch } = answering((_url, { method }) => (method === 'POST' ? (answer() as Response) : read()))
      const lake = createClient({ url: URL_, fetch, retries: 0 })
      await lake.viewer()
      await lake.approveHolidayRequest({ id: 'x', version: 1 }).catch(() => undefined)
      await lake.viewer()
      await lake.viewer()
      const wanted = asked.map((headers) => headers.get('x-min-position'))
      expect(wanted).toEqual([null, null, '000000000000-0', 'aaaaaaaaaaaa-5'])
    },
  )

  it('never asks for less than what it has seen, in whatever order answers come', async () => {
    const counts = [7, 3, 9]
    const { asked, fetch } = answering((_url, _init, count) =>
      Response.json(VIEWER, { headers: { 'x-position': `aaaaaaaaaaaa-${counts[count - 1] ?? 1}` } }),
    )
    const lake = createClient({ url: URL_, fetch })
    await Promise.all([lake.viewer(), lake.viewer(), lake.viewer()])
    await lake.viewer()
    expect(asked.at(-1)?.get('x-min-position')).toBe('aaaaaaaaaaaa-9')
    await lake.viewer()
    expect(asked.at(-1)?.get('x-min-position')).toBe('aaaaaaaaaaaa-9')
  })

  it('does not walk in circles', async () => {
    const { asked, fetch } = answering((_url, _init, count) =>
      Response.json({ data: { trips: { nodes: [{}], pageInfo: { hasNextPage: true, endCursor: 'ABC'[count % 3] } } } }),
    )
    const walk = async (): Promise<void> => {
      for await (const _trip of createClient({ url: URL_, fetch }).trips.pages());
    }
    await expect(walk()).rejects.toMatchObject({ code: 'BAD_ANSWER' })
    expect(asked.length).toBeLessThan(20)
  })

  it('that is too old is told so where its answer lies in memory, too', async () => {
    const { fetch } = recording()
    const lake = clientOf(app, undefined, { fetch })
    const url = `${app.url}/api/graphql?${new URLSearchParams({ query: '{ tripStats { count } }' })}`
    const ask = (client: string): Promise<Response> => globalThis.fetch(url, { headers: { 'x-client': client } })
    let last = await ask('lakebase-graphql-sdk/0.1.0')
    for (let time = 0; time < 20 && !isHit(last); time++) last = await ask('lakebase-graphql-sdk/0.1.0')
    expect(isHit(last)).toBe(true)
    expect((await ask('lakebase-graphql-sdk/0.0.9')).status).toBe(400)
    expect((await ask('somebody-else/0.0.1')).status).toBe(200)
    await lake.viewer()
  })
})

describe('a server', () => {
  it('says that variables are no JSON, and nothing of it is a defect', async () => {
    const before = app.seen.length
    const answer = await fetch(`${app.url}/api/graphql?query={viewer{id}}&variables=x`)
    expect([answer.status, (await answer.json()).errors[0].extensions.code]).toEqual([400, 'BAD_REQUEST'])
    expect(app.seen.slice(before).filter(({ event }) => event === 'request.failed')).toEqual([])
  })
})

describe('a proxy', () => {
  it('passes on what a request needs, and nothing else', async () => {
    const seen: IncomingHttpHeaders[] = []
    const { server, port } = await listen((request, response) => {
      seen.push(request.headers)
      response
        .writeHead(200, { 'content-type': 'application/json', 'set-cookie': 'a=b', 'x-other': 'c' })
        .end('{"data":{}}')
    })
    closing.push(() => closeServer(server))
    const proxy = createProxy({ url: `http://127.0.0.1:${port}`, token: () => 'own' })
    const headers = {
      ...{ cookie: 'a=b', authorization: 'Bearer theirs', 'x-persona': 'bob', 'x-forwarded-email': 'bob@example.com' },
      ...{ 'x-forwarded-access-token': 't', 'x-real-ip': '1.2.3.4', 'x-min-position': 'aaaaaaaaaaaa-1' },
    }
    const answer = await proxy(new Request(`${URL_}/x/../../y?documentId=1`, { headers }))
    const { host: _host, ...passed } = seen[0] ?? {}
    expect(Object.keys(passed).toSorted()).toEqual([
      'accept',
      'accept-encoding',
      'accept-language',
      'authorization',
      'connection',
      'sec-fetch-mode',
      'user-agent',
      'x-min-position',
    ])
    expect([passed.authorization, answer.headers.get('set-cookie'), answer.headers.get('x-other')]).toEqual([
      ...['Bearer own', null, null],
    ])
  })

  it('leaves it where somebody else has answered, or the client has gone, and takes HTTP/2', async () => {
    const upstream = await listen((_, response) => void setTimeout(() => response.end(), 60))
    const proxy = createProxy({ url: `http://127.0.0.1:${upstream.port}`, token: () => 'own' })
    const server = createServer((request, response) => {
      Object.assign(request.headers, { ':path': '/' })
      proxy.node(request, response)
      setTimeout(() => response.destroyed || response.writeHead(503).end('late'), 20)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(
      () => closeServer(server),
      () => closeServer(upstream.server),
    )
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/?documentId=1`
    expect(await (await fetch(url)).text()).toBe('late')
    await expect(fetch(url, { signal: AbortSignal.timeout(10) })).rejects.toThrow()
    await sleep(100)
  })
})

describe('lakebase-documents', () => {
  const schema = 'type Query { a: Int }'
  const sources = (...texts: string[]) =>
    texts.map((text, at) => ({ text, location: `file${at}.ts`, document: parse(text) }))

  it.each([
    ['a name twice', ['query x { a }', 'query x { a }'], /file1\.ts: there is another operation x/],
    ['names that give one type', ['query foo { a }', 'query Foo { a }'], /another operation/],
    ['no name', ['{ a }'], /has no name/],
    ['a name of GraphQL’s own', ['query __proto__ { a }'], /two underscores/],
    ['a field that isn’t there', ['query x { b }'], /file0\.ts: x: Cannot query field "b"/],
    ['a text that is too long', [`query x { ${'a '.repeat(20_000)} }`], /are allowed/],
    ['a subscription', ['subscription x { a }'], /which isn’t served/],
  ])('refuses %s', (_, texts, words) => {
    expect(() => operationsIn(sources(...texts), buildSchema(schema))).toThrow(words)
  })

  it('names types as they are declared, whatever an operation is called; and refuses a name that is no app’s', async () => {
    const cwd = import.meta.dirname
    const all = { schema, cwd, sdk: 'x', documents: ['odd-names.graphql'] }
    const { module } = await generate({ ...all, app: 'a/b' })
    for (const name of ['GetHTTPStatus', 'My_query2', 'X']) {
      expect(module).toContain(`export type ${name}Query = {`)
      expect(module).toContain(`as Document<${name}Query, ${name}QueryVariables>`)
    }
    const broken = ['odd-names.graphql', 'broken/*']
    const failed = generate({ ...all, app: 'a/b', documents: broken })
    await expect(failed).rejects.toThrow(
      /open\.graphql: .*Expected Name.*line 1.*quotes\.txt\.ts: graphql\(\) takes a text/s,
    )
    await expect(generate({ ...all, app: 'a/b', documents: ['nothing/*.ts'] })).rejects.toThrow(
      'No file matches nothing',
    )
    await expect(generate({ ...all, app: 'a b' })).rejects.toThrow('--app must be')
  })
})
