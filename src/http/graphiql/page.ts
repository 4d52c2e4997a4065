import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { AppError } from '../../kernel/errors.ts'

/** Where the parts of the page lie. A POST to a URL makes browsers forget what they have of it, so it isn't GraphQL's. */
export const GRAPHIQL_PARTS = '/api/graphiql/'

/** Nothing from elsewhere. Monaco, the editor, sets styles as it goes and runs its workers from blobs. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' blob:",
  'worker-src blob:',
  "style-src 'self' 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/** Both forms are kept: made for each reader, they would fill the memory with those who read slowly. */
interface Part {
  readonly type: string
  readonly plain: Buffer
  readonly zipped: Buffer
  readonly hash: string
}

interface Site {
  readonly page: Part
  /** By name, which changes with their bytes. */
  readonly parts: ReadonlyMap<string, Part>
}

export interface GraphiQLOptions {
  /** The queries that it opens with, each in a tab. */
  readonly examples: readonly string[]
  /** The folder below which our parts of the page lie, in `http/graphiql`. */
  readonly source: string
}

/** Answers one request for the page, or for a part of it. */
export type AnswerGraphiQL = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>

/**
 * GraphiQL, served from here alone, with a tab for each example. Its script has 9 MB (2.4 MB zipped), so it is made when
 * the page is first asked for, and a browser loads it once.
 */
export function createGraphiQL(options: GraphiQLOptions): AnswerGraphiQL {
  let made: Promise<Site> | undefined
  return async (request, response, path) => {
    made ??= makeSite(options)
    const { page, parts } = await made
    if (!path.startsWith(GRAPHIQL_PARTS)) {
      response.setHeader('Cache-Control', 'private, no-cache')
      response.setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY)
      response.setHeader('X-Frame-Options', 'DENY')
      return send(request, response, page)
    }
    const part = parts.get(path.slice(GRAPHIQL_PARTS.length))
    if (!part) throw new AppError('NOT_FOUND', 'There is no such part of GraphiQL. Load /api/graphql anew.')
    response.setHeader('Cache-Control', 'private, max-age=31536000, immutable')
    send(request, response, part)
  }
}

function send(request: IncomingMessage, response: ServerResponse, { type, plain, zipped, hash }: Part): void {
  const takesGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
  const etag = takesGzip ? `"${hash}-gzip"` : `"${hash}"`
  response.setHeader('Content-Type', `${type}; charset=utf-8`)
  response.setHeader('Vary', 'Accept, Accept-Encoding')
  response.setHeader('ETag', etag)
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304).end()
    return
  }
  if (takesGzip) response.setHeader('Content-Encoding', 'gzip')
  const body = takesGzip ? zipped : plain
  response.writeHead(200, { 'Content-Length': body.length }).end(body)
}

async function makeSite({ examples, source }: GraphiQLOptions): Promise<Site> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  const readPart = (name: string) => readFile(join(source, 'http', 'graphiql', name), 'utf8')
  const rendered = renderGraphiQL({
    title: 'Lakebase GraphQL',
    // Tabs that somebody had open are kept by the browser; these are the first ones.
    defaultTabs: examples.map((query) => ({ query })),
    defaultQuery: '# Press Ctrl-Space to see what can be asked for, Ctrl-Enter to ask it.\n',
  })
  const [bar, barScript] = await Promise.all([readPart('status-bar.html'), readPart('status-bar.js')])
  const [, beforeStyle, style, beforeScript, script, rest] =
    /^(.*?)<style>(.*?)<\/style>(.*?)<script>(.*)<\/script>(.*)$/s.exec(rendered) ?? []
  if (script === undefined) throw new Error('@graphql-yoga/render-graphiql makes its page in another form than it did')
  const css = await toPart('text/css', style ?? '')
  const js = await toPart('text/javascript', `${barScript}${script}`)
  const [cssName, jsName] = [`${css.hash}.css`, `${js.hash}.js`]
  const page = [
    beforeStyle,
    `<link rel="stylesheet" href="${GRAPHIQL_PARTS}${cssName}">`,
    // A function, since a text in its place would have its dollar signs read as orders.
    beforeScript?.replace('<div id="root">', (root) => `${bar}${root}`),
    `<script src="${GRAPHIQL_PARTS}${jsName}"></script>`,
    rest,
  ].join('')
  return {
    page: await toPart('text/html', page),
    parts: new Map([
      [cssName, css],
      [jsName, js],
    ]),
  }
}

async function toPart(type: string, text: string): Promise<Part> {
  const plain = Buffer.from(text)
  const hash = createHash('sha256').update(plain).digest('base64url').slice(0, 22)
  return { type, plain, zipped: await promisify(gzip)(plain), hash }
}

/** Whether a browser asks for a page, and not a program for an answer. The page keeps its query in its URL. */
export function wantsPage({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && String(headers.accept ?? '').includes('text/html')
}
