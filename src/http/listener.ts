import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { reasonOf } from '../db/index.ts'
import { AppError, ERROR_STATUS } from '../kernel/errors.ts'
import type { Observe } from '../kernel/observe.ts'
import { type Export, operatorsOnly } from '../loaders/index.ts'
import { sendFailure, sendJson } from './answers.ts'
import { answerExport } from './export-route.ts'
import {
  type AnswerGraphiQL,
  createGraphiQL,
  GRAPHIQL_PARTS,
  type GraphiQLOptions,
  wantsPage,
} from './graphiql/page.ts'
import { answerGraphQL, type GraphQLRouteOptions, type RouteRequest } from './graphql-route.ts'
import type { HitLog } from './memory/hit-log.ts'
import { createQuickWay, type UsualWay } from './memory/quick-way.ts'
import type { MemoryRoute } from './memory/route.ts'
import { answerMetrics, type MetricsOptions } from './metrics-route.ts'
import { pathOf } from './path.ts'
import { createRequestIds } from './request-ids.ts'

export interface ListenerOptions extends GraphQLRouteOptions {
  readonly requestTimeoutMs: number
  /** What GraphiQL's page is made of; undefined if it isn't to be served. */
  readonly graphiql: GraphiQLOptions | undefined
  readonly metrics: MetricsOptions
  /** Answers from memory, in front of everything else. */
  readonly memory: MemoryRoute
  readonly hits: HitLog
  /** What is to be had as lines of JSON, by path. */
  readonly exports: ReadonlyMap<string, Export>
  /** What keeps the app from serving now; empty when it can. */
  readonly missing: () => readonly { readonly what: string; readonly why: string }[]
  readonly observe: Observe
}

/** Beside the path's own deadline: when even that has no effect, the client still gets its answer. */
const LAST_RESORT_MS = 500

/** All of HTTP: paths, request ids, deadlines, and the one place where failures become answers. */
export function createListener(options: ListenerOptions): RequestListener {
  const { requestTimeoutMs, observe, memory, hits } = options
  const page = options.graphiql && createGraphiQL(options.graphiql)
  const requestIdOf = createRequestIds()
  const usual: UsualWay = (request, response, body) => {
    const requestId = requestIdOf(request.headers['x-request-id'])
    response.setHeader('X-Request-Id', requestId)
    request.socket.setMaxListeners(0) // pipelined requests each listen to their connection
    const end = observeRequest(request, response, requestId, observe)
    const { signal, release } = endOf(response, requestTimeoutMs)
    const route: RouteRequest = { request, response, requestId, signal, ...(body && { body }) }
    const lastResort = setTimeout(() => fail(options, route, deadlineExceeded()), requestTimeoutMs + LAST_RESORT_MS)
    whenOver(request, response, () => {
      end()
      release()
      clearTimeout(lastResort)
    })
    answerPath(options, page, route).catch((error: unknown) => fail(options, route, error))
  }
  return createQuickWay({ memory, requestIdOf, hits, requestTimeoutMs, observe }, usual)
}

async function answerPath(
  options: ListenerOptions,
  page: AnswerGraphiQL | undefined,
  route: RouteRequest,
): Promise<void> {
  const { request, response } = route
  const path = pathOf(request)
  if (page && path.startsWith(GRAPHIQL_PARTS)) return page(request, response, path)
  const exported = options.exports.get(path)
  if (exported) return answerExport(options, route, exported)
  switch (path) {
    case '/api/graphql':
    case '/graphql':
      if (!page || !wantsPage(request)) return answerGraphQL(options, route)
      await checkMayExplore(options, request)
      return page(request, response, path)
    case '/api/live':
      return sendJson(response, 200, { live: true })
    case '/api/metrics':
      return answerMetrics(options, route)
    case '/api/ready':
      return sendReady(response, options.missing(), options.feed.trouble())
    case '/':
      response.writeHead(302, { Location: '/api/graphql', 'Content-Length': 0 }).end()
      return
    default:
      throw new AppError('NOT_FOUND', 'There is nothing here. GraphQL is at /api/graphql.')
  }
}

/** GraphiQL is for those who may ask what they want. @throws AppError FORBIDDEN */
async function checkMayExplore(
  { trustedOnly, authenticate }: ListenerOptions,
  request: IncomingMessage,
): Promise<void> {
  if (trustedOnly?.(await authenticate(request.headersDistinct))) throw operatorsOnly()
}

/** A signal that aborts with an AppError when the client has left before its answer was complete, or the time is up. */
function endOf(response: ServerResponse, timeoutMs: number): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(deadlineExceeded()), timeoutMs)
  const release = (): void => {
    clearTimeout(timer)
    if (!response.writableFinished) controller.abort(new AppError('DEADLINE_EXCEEDED', 'The client has left.'))
  }
  return { signal: controller.signal, release }
}

/**
 * Calls `done` once, when the answer has been sent or nobody can get it any more. A pipelined request that waits behind
 * another one has no connection of its own to close, so the connection itself is listened to.
 */
function whenOver({ socket }: IncomingMessage, response: ServerResponse, done: () => void): void {
  let called = false
  const over = (): void => {
    response.off('close', over)
    socket.off('close', over)
    // When both close at once, taking a listener away no longer helps.
    if (!called) done()
    called = true
  }
  response.once('close', over)
  socket.once('close', over)
}

function deadlineExceeded(): AppError {
  return new AppError('DEADLINE_EXCEEDED', 'The request took too long. Ask for less at once.')
}

function fail({ observe }: ListenerOptions, { response, requestId }: RouteRequest, error: unknown): void {
  if (response.destroyed || response.writableFinished) return
  const known = error instanceof AppError
  if (!known) observe({ event: 'request.failed', requestId, error })
  // What the workspace or Postgres said, which the client isn't told.
  else if (ERROR_STATUS[error.code] >= 500 && error.cause !== undefined) {
    observe({ event: 'request.unavailable', requestId, code: error.code, reason: reasonOf(error) })
  }
  // Part of an answer is out already, or its reader takes none of it: only breaking off says that it isn't whole.
  if (response.headersSent) response.destroy()
  else sendFailure(response, known ? error : new AppError('INTERNAL_SERVER_ERROR', 'Unexpected error.'), requestId)
}

function sendReady(
  response: ServerResponse,
  missing: ReturnType<ListenerOptions['missing']>,
  memory: string | undefined,
): void {
  if (missing.length > 0) response.setHeader('Retry-After', '1')
  sendJson(response, missing.length === 0 ? 200 : 503, {
    ready: missing.length === 0,
    missing,
    ...(missing.length === 0 && memory !== undefined ? { memory } : {}),
  })
}

/** Gives what to call when the request is over. */
function observeRequest(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  observe: Observe,
): () => void {
  const began = performance.now()
  const { method = '' } = request
  const path = pathOf(request)
  return () => {
    const status = response.writableFinished ? response.statusCode : 499
    observe({ event: 'request', requestId, method, path, status, ms: performance.now() - began })
  }
}
