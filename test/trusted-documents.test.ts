import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, print } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentIdOf as idOfClient } from '../sdk/codegen/operations.ts'
import { operations } from '../sdk/src/generated/operations.ts'
import { documentIdOf, parseManifest } from '../src/documents/index.ts'
import { isHit } from './support/post.ts'
import { startTestApp, type TestApp } from './support/test-app.ts'

/** As they may come out of a build, however it was done. */
const ODD: readonly (readonly [string, string])[] = [
  ['comments', '# what for: #2\nquery odd { viewer { id } } # the end'],
  ['CRLF', 'query odd {\r\n  viewer {\r\n    id\r\n  }\r\n}\r\n'],
  ['fragments', 'query odd { viewer { ...V } }\nfragment V on Viewer { id }'],
  ['unicode', 'query odd { campaigns(filter: { name: "Zoë 東京 😀 \\u00e9" }) { nodes { id } } }'],
  ['a byte order mark', '\ufeffquery odd { viewer { id } }'],
  ['a block of text', 'query odd { campaigns(filter: { name: """\n  a\n   b """ }) { nodes { id } } }'],
  ['nothing but the least', '{viewer{id}}'],
]
const UNTRUSTED = '{ viewer { name } }'
const manifest = (app: string, texts: readonly string[]): string =>
  JSON.stringify({ app, documents: Object.fromEntries(texts.map((text) => [documentIdOf(text), text])) })

let folder: string
let open: TestApp
let closed: TestApp
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'documents-'))
  writeFileSync(
    join(folder, 'odd.json'),
    manifest(
      'test/odd',
      ODD.map(([, text]) => text),
    ),
  )
  const environment = { DOCUMENTS_FOLDER: folder, OPERATORS: 'alice@example.com,carol@example.com' }
  open = await startTestApp({ environment })
  // Under claims all have the same rights, so that what two have made is everyone's.
  closed = await startTestApp({
    environment: { ...environment, TRUSTED_DOCUMENTS_ONLY: 'true', VIEWER_ACCESS: 'claims' },
  })
})
afterAll(async () => {
  await open.close()
  await closed.close()
  rmSync(folder, { recursive: true })
})

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: { data?: Record<string, unknown>; errors?: { extensions: { code: string }; message: string }[] }
}

async function ask(
  { url }: TestApp,
  how: 'GET' | 'POST',
  parameters: object,
  persona: string,
  accept = 'application/json',
): Promise<Answer> {
  const headers = { 'x-persona': persona, accept, 'content-type': 'application/json' }
  const texts = Object.entries(parameters).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  const answer =
    how === 'GET'
      ? await fetch(`${url}/api/graphql?${new URLSearchParams(texts)}`, { headers })
      : await fetch(`${url}/api/graphql`, { method: 'POST', headers, body: JSON.stringify(parameters) })
  const text = await answer.text()
  return {
    status: answer.status,
    headers: answer.headers,
    body: JSON.parse(text.replace(/^event.*\ndata: |^:\n\n/gm, '').split('\n')[0] ?? ''),
  }
}

const codeOf = ({ status, body }: Answer): string => `${status} ${body.errors?.[0]?.extensions.code}`
const BOB = 'bob@example.com'
const ALICE = 'alice@example.com'

describe('a registered document', () => {
  it.each(ODD)('with %s has one id for server and client, and is answered by it', async (_, text) => {
    const id = idOfClient(text)
    expect(documentIdOf(text)).toBe(id)
    for (const how of ['GET', 'POST'] as const) {
      const { status, body } = await ask(open, how, { documentId: id }, BOB)
      expect([status, body.errors]).toEqual([200, undefined])
    }
  })

  it('of the SDK is one', async () => {
    const { id, text } = operations.viewer
    expect(documentIdOf(text)).toBe(id)
    const { body } = await ask(open, 'POST', { documentId: id }, BOB)
    expect(body.data).toMatchObject({ viewer: { email: BOB } })
  })

  it('is answered from memory, to each viewer what is theirs', async () => {
    const { id } = operations.holidayRequests
    const variables = { first: 100 }
    for (const persona of [BOB, 'carol@example.com']) {
      let last = await ask(open, 'GET', { documentId: id, variables }, persona)
      for (let time = 0; time < 20 && !isHit(last); time++)
        last = await ask(open, 'GET', { documentId: id, variables }, persona)
      expect(isHit(last)).toBe(true)
      const emails = [...JSON.stringify(last.body.data).matchAll(/"employee":\{[^}]*"email":"([^"]*)"/g)]
      expect([...new Set(emails.map(([, email]) => email))]).toEqual([persona])
    }
  })

  it('that nobody has registered is not found; with a text beside it, or twice, it is a wrong request', async () => {
    const { id, text } = operations.viewer
    const unknown = `sha256:${'0'.repeat(64)}`
    for (const accept of ['application/json', 'application/graphql-response+json', 'text/event-stream']) {
      for (const how of ['GET', 'POST'] as const) {
        expect(codeOf(await ask(open, how, { documentId: unknown }, BOB, accept))).toBe('404 DOCUMENT_NOT_FOUND')
      }
    }
    expect(codeOf(await ask(open, 'POST', { documentId: id, query: text }, BOB))).toMatch(/^(200|400) BAD_REQUEST$/)
    expect(codeOf(await ask(open, 'POST', { documentId: 7 }, BOB))).toMatch(/^(200|400) BAD_REQUEST$/)
    expect(codeOf(await ask(open, 'POST', {}, BOB))).toMatch(/^400 BAD_REQUEST$/)
    const twice = await fetch(`${open.url}/api/graphql?documentId=${id}&documentId=${unknown}`)
    expect(twice.status).toBe(400)
  })
})

describe('where only registered documents are answered', () => {
  it('nothing else is, however it is asked for', async () => {
    const { text } = operations.viewer
    const tricks: readonly object[] = [
      { query: UNTRUSTED },
      { query: `${text} ` },
      { query: print(parse(text)).replace('name', 'name name') },
      {
        query: text,
        extensions: { persistedQuery: { version: 1, sha256Hash: documentIdOf(UNTRUSTED).slice(7) } },
        operationName: 'other',
      },
      { query: '{ __schema { types { name } } }' },
      { query: 'mutation { withdrawHolidayRequest(input: { id: "x", version: 1 }) { __typename } }' },
    ]
    for (const parameters of tricks) {
      for (const accept of ['application/json', 'application/graphql-response+json', 'text/event-stream']) {
        const answer = await ask(closed, 'POST', parameters, BOB, accept)
        expect(answer.body.data ?? null).toBe(null)
        expect(answer.status).not.toBe(200)
      }
    }
    expect(codeOf(await ask(closed, 'POST', { query: UNTRUSTED }, BOB))).toBe('403 DOCUMENT_NOT_TRUSTED')
    expect(codeOf(await ask(closed, 'GET', { query: UNTRUSTED }, BOB))).toBe('403 DOCUMENT_NOT_TRUSTED')
    // What Yoga reads itself: we read no parameter twice.
    const twice = [UNTRUSTED, UNTRUSTED].map((query): [string, string] => ['query', query])
    const answer = await fetch(`${closed.url}/api/graphql?${new URLSearchParams(twice)}`, {
      headers: { 'x-persona': BOB },
    })
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('DOCUMENT_NOT_TRUSTED')])
    const batch = [{ query: UNTRUSTED }, { documentId: operations.viewer.id }]
    // Once an operator has asked it, it is known.
    await ask(closed, 'POST', { query: UNTRUSTED }, 'alice@example.com')
    const answered: unknown = (await ask(closed, 'POST', batch, BOB)).body
    expect(answered).toEqual([
      { errors: [expect.objectContaining({ extensions: expect.objectContaining({ code: 'DOCUMENT_NOT_TRUSTED' }) })] },
      { data: { viewer: expect.objectContaining({ name: 'Bob' }) } },
    ])
  })

  it('they are, by id and by their text', async () => {
    const { id, text } = operations.viewer
    for (const parameters of [{ documentId: id }, { query: text }]) {
      for (const how of ['GET', 'POST'] as const) {
        expect((await ask(closed, how, parameters, BOB)).body.data).toMatchObject({ viewer: { email: BOB } })
      }
    }
  })

  it('operators ask what they want, and have GraphiQL; others are never sent from memory what operators asked', async () => {
    const query = '{ trips(first: 3) { nodes { fare distance } } }'
    for (const how of ['GET', 'POST'] as const) {
      for (let time = 0; time < 4; time++) {
        for (const persona of [ALICE, 'carol@example.com', BOB]) {
          const answer = await ask(closed, how, { query }, persona)
          expect(codeOf(answer)).toBe(persona !== BOB ? '200 undefined' : '403 DOCUMENT_NOT_TRUSTED')
        }
      }
    }
    const page = (persona: string): Promise<Response> =>
      fetch(`${closed.url}/api/graphql`, { headers: { accept: 'text/html', 'x-persona': persona } })
    const [allowed, refused] = [await page(ALICE), await page(BOB)]
    expect([allowed.status, refused.status]).toEqual([200, 403])
    expect(allowed.headers.get('content-type')).toMatch('text/html')
    await allowed.body?.cancel()
  })
})

describe('a manifest that is not right', () => {
  it.each([
    ['no JSON', '{', /is no JSON/],
    ['no manifest', '{"documents":{}}', /is no manifest: app/],
    [
      'another id',
      JSON.stringify({ app: 'a', documents: { [`sha256:${'0'.repeat(64)}`]: '{ viewer { id } }' } }),
      /whose id is not/,
    ],
    [
      'a longer text than may be sent',
      manifest('a', [`{ viewer { id } } #${'x'.repeat(33_000)}`]),
      /more than 32768 characters/,
    ],
  ])('%s', (_, text, words) => {
    expect(() => parseManifest(text)).toThrow(words)
  })

  it('stops the start, with the file’s name', async () => {
    const wrong = mkdtempSync(join(tmpdir(), 'documents-'))
    writeFileSync(join(wrong, 'broken.json'), '{')
    const start = startTestApp({ environment: { DOCUMENTS_FOLDER: wrong } })
    await expect(start).rejects.toThrow(/broken\.json is no JSON/)
    await expect(startTestApp({ environment: { DOCUMENTS_FOLDER: '/nowhere' } })).rejects.toThrow(
      /Look at DOCUMENTS_FOLDER/,
    )
    rmSync(wrong, { recursive: true })
  })
})
