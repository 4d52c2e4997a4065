import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Observe } from '../../kernel/observe.ts'
import { pathOf } from '../path.ts'
import type { HitLog } from './hit-log.ts'
import { MAX_KEY_BYTES, mayPost } from './key.ts'
import type { MemoryRoute, Sent } from './route.ts'
import { SlowReaders } from './slow-readers.ts'
import { SmallBodies } from './small-bodies.ts'

/** The usual way; with the body if that has been read. */
export type UsualWay = (request: IncomingMessage, response: ServerResponse, body?: Buffer) => void

export interface QuickWayOptions {
  readonly memory: MemoryRoute
  readonly requestIdOf: (given: string | string[] | undefined) => string
  readonly hits: HitLog
  readonly requestTimeoutMs: number
  readonly observe: Observe
}

/** Answers from memory in front of everything else, and has all other requests go the usual way. */
export function createQuickWay(options: QuickWayOptions, usual: UsualWay): UsualWay {
  const readers = new SlowReaders(options.requestTimeoutMs)
  const gone = (request: IncomingMessage): void => {
    const { method = '', headers } = request
    const requestId = options.requestIdOf(headers['x-request-id'])
    options.observe({ event: 'request', requestId, method, path: pathOf(request), status: 499, ms: 0 })
  }
  const orUsual = (request: IncomingMessage, response: ServerResponse, body: Buffer | null): void => {
    if (response.destroyed) gone(request)
    else if (answer(options, request, response, body)) readers.watch(request.socket)
    else usual(request, response, body ?? undefined)
  }
  const bodies = new SmallBodies({ whole: orUsual, late: (request, response) => usual(request, response), gone })
  return (request, response) => {
    const { method, url = '', headers } = request
    if (method === 'GET') return orUsual(request, response, null)
    const length = Number(headers['content-length'])
    if (method !== 'POST' || !(length > 0 && length <= MAX_KEY_BYTES) || !mayPost(url, headers)) {
      return usual(request, response)
    }
    bodies.read(request, response)
  }
}

/** @returns whether it was */
function answer(
  { memory, requestIdOf, hits, observe }: QuickWayOptions,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer | null,
): boolean {
  const began = performance.now()
  let sent: Sent | undefined
  try {
    const requestId = (): string => requestIdOf(request.headers['x-request-id'])
    sent = memory.answer({ request, response, body, requestId })
    if (!sent) return false
    const now = performance.now()
    hits.note(request, sent, now, now - began)
    return true
  } catch (error) {
    // Nobody else would catch it. What hasn't been answered goes the usual way.
    observe({ event: 'request.failed', requestId: requestIdOf(undefined), error })
    const begun = sent !== undefined || response.headersSent || request.socket.destroyed
    if (begun) response.destroy()
    return begun
  }
}
