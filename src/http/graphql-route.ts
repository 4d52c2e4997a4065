import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendNodeResponse } from '@whatwg-node/server'
import type { Database } from '../db/index.ts'
import type { Authenticate } from '../identity/index.ts'
import { AppError } from '../kernel/errors.ts'
import { createLoadContext } from '../loaders/index.ts'
import { readBody } from './body.ts'
import type { createGraphQL } from './yoga.ts'

export interface GraphQLRouteOptions {
  readonly authenticate: Authenticate
  readonly db: Database
  readonly graphql: ReturnType<typeof createGraphQL>
}

export interface RouteRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly requestId: string
  /** Aborts when the client leaves or the request's time is up. */
  readonly signal: AbortSignal
}

const MEDIA_TYPE = /^\s*application\/json\s*(;|$)/i

/** One GraphQL request, from its headers to its answer. Throws AppError where the request as a whole fails. */
export async function answerGraphQL(
  { authenticate, db, graphql }: GraphQLRouteOptions,
  { request, response, requestId, signal }: RouteRequest,
): Promise<void> {
  checkForm(request)
  const began = performance.now()
  const viewer = await authenticate(request.headersDistinct)
  const authenticated = performance.now()
  const body = request.method === 'POST' ? await readBody(request, signal) : null
  const received = performance.now()
  const context = { requestId, load: createLoadContext(viewer, signal, db), complaints: new Set<string>() }
  const answer = await graphql.handleRequest(toFetchRequest(graphql, request, body, signal), context)
  if (signal.aborted) throw signal.reason
  if (answer.status === 406) {
    const types = 'application/json, application/graphql-response+json or text/event-stream'
    throw new AppError('NOT_ACCEPTABLE', `Accept ${types}.`)
  }
  const stages = [
    ['identity', authenticated - began],
    ['body', received - authenticated],
    ['graphql', performance.now() - received],
  ] as const
  response.setHeader('Server-Timing', stages.map(([name, ms]) => `${name};dur=${ms.toFixed(1)}`).join(', '))
  // RFC 9211. Nothing is kept in memory yet: every answer is read from Postgres.
  response.setHeader('Cache-Status', 'lakebase-graphql; fwd=bypass')
  response.setHeader('Cache-Control', 'private, no-cache')
  response.setHeader('Vary', 'Accept, Accept-Encoding, X-Forwarded-Access-Token')
  await sendNodeResponse(answer, response, request, true)
}

/** Refuses what a page of another site could send without being asked for permission first (CSRF). */
function checkForm(request: IncomingMessage): void {
  const { method, headers } = request
  if (method !== 'POST' && method !== 'GET') {
    throw new AppError('METHOD_NOT_ALLOWED', 'GraphQL takes POST, and GET for queries.')
  }
  if (method === 'POST' && !MEDIA_TYPE.test(headers['content-type'] ?? '')) {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'POST takes a body of Content-Type: application/json.')
  }
}

/** The way to hand on a body that was read: Yoga's other ways hang on an empty one or take seconds for a large one. */
function toFetchRequest(
  graphql: GraphQLRouteOptions['graphql'],
  { method = 'GET', url = '/', headers }: IncomingMessage,
  body: Buffer<ArrayBuffer> | null,
  signal: AbortSignal,
): Request {
  const forwarded: Record<string, string> = {}
  for (const name of ['accept', 'content-type']) {
    const value = headers[name]
    if (typeof value === 'string') forwarded[name] = value
  }
  // Only the path and query count; the host that the client named is never used.
  return new graphql.fetchAPI.Request(`http://localhost${url}`, { method, headers: forwarded, body, signal })
}
