import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const DEFAULT_QUERY = `# The newest taxi trips. Run it with Ctrl-Enter.
query NewestTrips {
  trips(first: 5) {
    nodes {
      pickupAt
      pickupZip
      dropoffZip
      distance
      fare
    }
    pageInfo {
      endCursor
      hasNextPage
    }
  }
}
`

/** Both forms are kept: made for each reader, they would fill the memory with those who read slowly. */
interface Page {
  readonly plain: Buffer
  readonly zipped: Buffer
  readonly etag: string
}

/** GraphiQL as one page that loads nothing from elsewhere. It is 9 MB, so it is made when it is first asked for. */
export function createGraphiQL(): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  let page: Promise<Page> | undefined
  return async (request, response) => {
    page ??= render()
    const { plain, zipped, etag } = await page
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.setHeader('Cache-Control', 'private, no-cache')
    response.setHeader('Vary', 'Accept, Accept-Encoding')
    response.setHeader('ETag', etag)
    response.setHeader('X-Frame-Options', 'DENY')
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304).end()
      return
    }
    const takesGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
    if (takesGzip) response.setHeader('Content-Encoding', 'gzip')
    const body = takesGzip ? zipped : plain
    response.writeHead(200, { 'Content-Length': body.length }).end(body)
  }
}

async function render(): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  const plain = Buffer.from(renderGraphiQL({ title: 'Lakebase GraphQL', defaultQuery: DEFAULT_QUERY }))
  const zipped = await promisify(gzip)(plain)
  return { plain, zipped, etag: `"${createHash('sha256').update(zipped).digest('base64url').slice(0, 22)}"` }
}

/** Whether a browser asks for a page, and not a program for an answer. */
export function wantsPage(request: IncomingMessage): boolean {
  const asksForQuery = /[?&]query=/.test(request.url ?? '')
  return request.method === 'GET' && !asksForQuery && String(request.headers.accept ?? '').includes('text/html')
}
