import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendNodeResponse } from '@whatwg-node/server'
import type { Responses } from '../cache/index.ts'
import type { Documents } from '../documents/index.ts'
import type { GraphQLContext } from '../graphql/index.ts'
import type { Authenticate, Viewer } from '../identity/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { LoadContext, Loading } from '../loaders/index.ts'
import { answerBatch, checkBatch } from './batch.ts'
import { readBody } from './body.ts'
import { cacheStatus } from './cache-status.ts'
import { checkClient, OLDEST_CLIENT, OLDEST_CLIENT_HEADER } from './clients.ts'
import { resolveDocument } from './documents.ts'
import { admits, checkForm, readIdempotencyKey } from './form.ts'
import { heldBy } from './memory/conditional.ts'
import { etagOf } from './memory/etag.ts'
import { CACHE_CONTROL, Finished, VARY } from './memory/finished.ts'
import { keyOf } from './memory/key.ts'
import { awaitPosition, type FeedPosition, sendPosition } from './positions.ts'
import type { RateLimit } from './rate-limit.ts'
import { askedBy, JSON_TYPES, mediaTypeOf, type Operation, toOperation } from './short-way.ts'
import type { GraphQLEngine } from './yoga.ts'

export interface GraphQLRouteOptions {
  readonly authenticate: Authenticate
  readonly loading: Loading
  readonly feed: FeedPosition
  readonly graphql: GraphQLEngine
  readonly rateLimit: RateLimit
  readonly documents: Documents
  /** Whether only registered documents may be executed for a viewer; undefined where all may ask what they want. */
  readonly trustedOnly: ((viewer: Viewer) => boolean) | undefined
  /** Where finished answers are kept. */
  readonly responses: Responses<Finished>
}

export interface RouteRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly requestId: string
  /** Aborts when the client leaves or the request's time is up. */
  readonly signal: AbortSignal
  /** Its body, if that has been read. */
  readonly body?: Buffer
}

/** One GraphQL request, from its headers to its answer. Throws AppError where the request as a whole fails. */
export async function answerGraphQL(options: GraphQLRouteOptions, route: RouteRequest): Promise<void> {
  const { authenticate, loading, feed, rateLimit } = options
  const { request, response, requestId, signal } = route
  response.setHeader(OLDEST_CLIENT_HEADER, OLDEST_CLIENT)
  checkForm(request)
  checkClient(request.headers)
  const idempotencyKey = readIdempotencyKey(request)
  const began = performance.now()
  const viewer = await authenticate(request.headersDistinct)
  rateLimit.require(viewer.userName)
  const authenticated = performance.now()
  const body = request.method === 'POST' ? (route.body ?? (await readBody(request, signal))) : null
  const received = performance.now()
  const asked = askedBy(request, body)
  // It costs what its queries would cost one by one.
  if (Array.isArray(asked)) rateLimit.require(viewer.userName, checkBatch(asked) - 1)
  const load = loading.context(viewer, signal)
  const past = await awaitPosition(feed, request, signal)
  if (past !== undefined) load.passCache(past)
  const trustedOnly = options.trustedOnly?.(viewer) ?? false
  const context: GraphQLContext = { requestId, load, idempotencyKey, trustedOnly, complaints: new Set(), isPart: false }
  const answer = await answerOf(options, { request, body, asked }, context)
  // When the time is up there is still an answer: it says what has been done until then, and what hasn't.
  if (response.destroyed || response.headersSent) throw signal.reason
  const stages = [
    ['identity', authenticated - began],
    ['body', received - authenticated],
    ['graphql', performance.now() - received],
  ] as const
  describeAnswer(response, load, stages)
  sendPosition(feed, request, response, load)
  if (!('mediaType' in answer)) return sendNodeResponse(answer, response, request, true)
  // What only operators may ask must not be had by others for the asking.
  const mayKeep = !answer.hasErrors && (!options.trustedOnly || trustedOnly)
  if (answer.retryAfter !== undefined) response.setHeader('Retry-After', answer.retryAfter)
  const finished = keep(options.responses, load, answer, mayKeep ? keyOf(request, body) : undefined)
  sendText(request, response, answer, finished)
}

function describeAnswer(
  response: ServerResponse,
  load: LoadContext,
  stages: readonly (readonly [name: string, ms: number])[],
): void {
  response.setHeader('Server-Timing', stages.map(([name, ms]) => `${name};dur=${ms.toFixed(1)}`).join(', '))
  response.setHeader('Cache-Status', cacheStatus(load))
  response.setHeader('Cache-Control', CACHE_CONTROL)
  response.setHeader('Vary', VARY)
}

/** An answer as text. */
interface PlainAnswer {
  readonly mediaType: string
  readonly text: string
  /** Of some queries of a batch. */
  readonly hasErrors?: boolean
  readonly retryAfter?: string | undefined
}

/** Keeps the whole answer if it may be, for whom it may be. */
function keep(
  responses: Responses<Finished>,
  load: LoadContext,
  { text, mediaType }: PlainAnswer,
  key: string | undefined,
): Finished | undefined {
  const keeping = responses.isOn ? load.keeping() : undefined
  if (key === undefined || !keeping) return undefined
  const { scopes, moment, tags, synced } = keeping
  const finished = new Finished(text, { mediaType, synced })
  responses.set(scopes, key, { body: finished, bytes: finished.plain.bytes, moment, tags })
  return finished
}

function sendText(
  request: IncomingMessage,
  response: ServerResponse,
  { text, mediaType }: PlainAnswer,
  kept: Finished | undefined,
): void {
  if (request.method === 'GET') {
    const etag = kept?.plain.etag ?? etagOf(text, mediaType)
    const named = heldBy(request, etag)
    response.setHeader('ETag', named ?? etag)
    if (named !== undefined) return void response.writeHead(304).end()
  } else if (kept) response.setHeader('ETag', kept.plain.etag)
  response.setHeader('Content-Type', `${mediaType}; charset=utf-8`)
  // As a text, Node sends it together with the headers.
  response.writeHead(200, { 'Content-Length': Buffer.byteLength(text) }).end(text)
}

async function answerOf(
  { graphql, documents }: GraphQLRouteOptions,
  { request, body, asked }: { request: IncomingMessage; body: Buffer | null; asked: unknown },
  context: GraphQLContext,
): Promise<Response | PlainAnswer> {
  const { accept } = request.headers
  const mediaType = mediaTypeOf(accept)
  if (Array.isArray(asked)) {
    const type = mediaType ?? JSON_TYPES.find((each) => admits(accept, each))
    if (type === undefined) throw new AppError('NOT_ACCEPTABLE', `A batch is answered in ${JSON_TYPES.join(' or ')}.`)
    return { mediaType: type, ...(await answerBatch({ graphql, documents }, asked, { mediaType: type, context })) }
  }
  const wanted = toOperation(asked)
  const operation = wanted && resolveDocument(documents, wanted, context)
  if (operation && mediaType !== undefined) {
    const result = await graphql.run(operation, context, body ? 'POST' : 'GET')
    return result.errors ? graphql.respond(result, mediaType) : { mediaType, text: JSON.stringify(result) }
  }
  const { method = 'GET', url = '/' } = request
  const { signal } = context.load
  const headers = forwarded(request)
  if (!operation) return graphql.handle({ method, url, headers, body, signal }, context)
  return graphql.handle({ method, headers, signal, ...withText(operation, url, body) }, context)
}

/** A request by its text, as Yoga knows it. */
function withText(operation: Operation, url: string, body: Buffer | null): { url: string; body: Buffer | null } {
  if (body) return { url, body: Buffer.from(JSON.stringify(operation)) }
  const texts = Object.entries(operation).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  return { url: `${url.split('?', 1)[0]}?${new URLSearchParams(texts)}`, body }
}

function forwarded({ headers }: IncomingMessage): Record<string, string> {
  const names = ['accept', 'content-type']
  return Object.fromEntries(names.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])))
}
