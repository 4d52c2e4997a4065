import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendNodeResponse } from '@whatwg-node/server'
import type { GraphQLContext } from '../graphql/index.ts'
import type { Authenticate } from '../identity/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { Loading } from '../loaders/index.ts'
import { readBody } from './body.ts'
import { cacheStatus } from './cache-status.ts'
import { awaitPosition, type FeedPosition, sendPosition } from './positions.ts'
import { toPlainRequest } from './short-way.ts'
import type { GraphQLEngine } from './yoga.ts'

export interface GraphQLRouteOptions {
  readonly authenticate: Authenticate
  readonly loading: Loading
  readonly feed: FeedPosition
  readonly graphql: GraphQLEngine
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
  { authenticate, loading, feed, graphql }: GraphQLRouteOptions,
  { request, response, requestId, signal }: RouteRequest,
): Promise<void> {
  checkForm(request)
  const idempotencyKey = readIdempotencyKey(request)
  const began = performance.now()
  const viewer = await authenticate(request.headersDistinct)
  const authenticated = performance.now()
  const body = request.method === 'POST' ? await readBody(request, signal) : null
  const received = performance.now()
  const load = loading.context(viewer, signal)
  const past = await awaitPosition(feed, request, signal)
  if (past !== undefined) load.passCache(past)
  const context: GraphQLContext = { requestId, load, idempotencyKey, complaints: new Set() }
  const answer = await answerOf(graphql, request, body, context)
  // When the time is up there is still an answer: it says what has been done until then, and what hasn't.
  if (response.destroyed || response.headersSent) throw signal.reason
  const stages = [
    ['identity', authenticated - began],
    ['body', received - authenticated],
    ['graphql', performance.now() - received],
  ] as const
  response.setHeader('Server-Timing', stages.map(([name, ms]) => `${name};dur=${ms.toFixed(1)}`).join(', '))
  response.setHeader('Cache-Status', cacheStatus(load))
  sendPosition(feed, request, response, load)
  response.setHeader('Cache-Control', 'private, no-cache')
  response.setHeader('Vary', 'Accept, Accept-Encoding, X-Forwarded-Access-Token, X-Forwarded-Email')
  if (!('mediaType' in answer)) return sendNodeResponse(answer, response, request, true)
  response.setHeader('Content-Type', `${answer.mediaType}; charset=utf-8`)
  // As a text, Node sends it together with the headers.
  response.writeHead(200, { 'Content-Length': Buffer.byteLength(answer.text) }).end(answer.text)
}

/** A good answer as text. */
interface PlainAnswer {
  readonly mediaType: string
  readonly text: string
}

async function answerOf(
  graphql: GraphQLEngine,
  request: IncomingMessage,
  body: Buffer<ArrayBuffer> | null,
  context: GraphQLContext,
): Promise<Response | PlainAnswer> {
  const plain = body && toPlainRequest(request, body)
  if (plain) {
    const result = await graphql.run(plain.operation, context)
    const { mediaType } = plain
    return result.errors ? graphql.respond(result, mediaType) : { mediaType, text: JSON.stringify(result) }
  }
  const { method = 'GET', url = '/' } = request
  const headers = forwarded(request)
  return graphql.handle({ method, url, headers, body, signal: context.load.signal }, context)
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
  if (!accepts(headers.accept)) throw new AppError('NOT_ACCEPTABLE', `Accept ${ANSWERS.join(', ')}.`)
}

/** What Yoga can answer in. */
const ANSWERS = ['application/json', 'application/graphql-response+json', 'text/event-stream', 'multipart/mixed']

/** Whether Yoga will find a type to answer in, as it looks for one: it looks when all has been done. */
function accepts(accept = '*/*'): boolean {
  return accept
    .replaceAll(/\s/g, '')
    .toLowerCase()
    .split(',')
    .some((part) => {
      const [type = '', ...parameters] = part.split(';')
      const charset = parameters.find((parameter) => parameter.includes('charset='))
      if (charset !== undefined && charset !== 'charset=utf-8') return false
      const [major, minor] = type.split('/')
      return ANSWERS.some((answer) => {
        const [answerMajor, answerMinor] = answer.split('/')
        return (major === '*' || major === answerMajor) && (minor === '*' || minor === answerMinor)
      })
    })
}

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/

/** As the IETF's draft "The Idempotency-Key HTTP Header Field" has it; any text without spaces will do, quoted or not. */
function readIdempotencyKey({ headersDistinct }: IncomingMessage): string | undefined {
  const keys = headersDistinct['idempotency-key'] ?? []
  const [key] = keys
  if (key === undefined || (keys.length === 1 && IDEMPOTENCY_KEY.test(key))) return key
  throw new AppError(
    'BAD_REQUEST',
    'Idempotency-Key must be one text of 1 to 255 visible ASCII characters, such as a UUID.',
  )
}

function forwarded({ headers }: IncomingMessage): Record<string, string> {
  const names = ['accept', 'content-type']
  return Object.fromEntries(names.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])))
}
