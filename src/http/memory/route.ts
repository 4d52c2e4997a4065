import type { IncomingMessage, ServerResponse } from 'node:http'
import { type AnswerScope, answerScope, type Responses } from '../../cache/index.ts'
import { type Authenticate, EVERYONE, type Known } from '../../identity/index.ts'
import { isFit } from '../clients.ts'
import { type FeedPosition, isReached, PositionHeaders } from '../positions.ts'
import type { RateLimit } from '../rate-limit.ts'
import { codingFor } from './coding.ts'
import { heldBy } from './conditional.ts'
import type { Coding } from './etag.ts'
import type { Finished, Representation } from './finished.ts'
import { keyOf } from './key.ts'
import { send } from './wire.ts'

export interface MemoryRouteOptions {
  /** Answers that were made before. */
  readonly responses: Responses<Finished>
  readonly authenticate: Pick<Authenticate, 'known'>
  /** `Tables.authorization` of a role. */
  readonly authorizationOf: (role: string) => string | undefined
  readonly feed: FeedPosition
  readonly rateLimit: RateLimit
  readonly positions: PositionHeaders
}

/** A request that may have been answered before. */
export interface Asked {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Null of a GET. */
  readonly body: Buffer | null
  readonly requestId: () => string
}

/** What was sent. */
export interface Sent {
  readonly requestId: string
  readonly status: 200 | 304
  readonly bytes: number
}

/** Where answers are that somebody may be sent, under rights as they are now. */
interface Scopes {
  readonly authorization: string
  readonly everyones: AnswerScope
  readonly own: AnswerScope
}

interface Found {
  readonly finished: Finished
  readonly scope: AnswerScope
  readonly key: string
}

/**
 * Answers an operation from what was made before, with nothing that waits between the look and the sending: who asks is known and
 * proven, may still see what it was made from, and all of that still holds.
 */
export class MemoryRoute {
  readonly #options: MemoryRouteOptions
  readonly #scopes = new WeakMap<Known, Scopes>()

  constructor(options: MemoryRouteOptions) {
    this.#options = options
  }

  /** @returns undefined where it takes more than a look: then nothing has been done */
  answer(asked: Asked): Sent | undefined {
    const { request, response, body } = asked
    const { headers } = request
    const { authenticate, feed, rateLimit, positions } = this.#options
    // What is no operation is told apart first: that costs least.
    const key = keyOf(request, body)
    const known = key === undefined ? undefined : authenticate.known(headers)
    if (!known || key === undefined || !isFit(headers) || !isReached(feed, headers)) return undefined
    const found = this.#find(known, key)
    if (!found || !rateLimit.take(known.userName)) return undefined
    feed.touch()
    const requestId = asked.requestId()
    const age = feed.ageMs() < 1_000 ? '0' : '1'
    const own = `X-Request-Id: ${requestId}\r\nServer-Timing: memory\r\nAge: ${age}\r\n${positions.lines(headers.cookie)}`
    const { plain, always } = found.finished
    const named = heldBy(request, plain.etag)
    if (named !== undefined) {
      send(response, 304, `ETag: ${named}\r\n${always}${own}`, '')
      return { requestId, status: 304, bytes: 0 }
    }
    const coding = codingFor(headers['accept-encoding'])
    const sent = coding ? this.#coded(found, coding) : plain
    send(response, 200, sent.lines + own, sent.body)
    return { requestId, status: 200, bytes: sent.bytes }
  }

  /** What is everyone's first. */
  #find(known: Known, key: string): Found | undefined {
    const { responses, authorizationOf } = this.#options
    const authorization = authorizationOf(known.userName)
    if (authorization === undefined) return undefined
    let scopes = this.#scopes.get(known)
    if (scopes?.authorization !== authorization) {
      const [everyones, own] = [answerScope(EVERYONE, authorization), answerScope(known.scope, authorization)]
      scopes = { authorization, everyones, own }
      this.#scopes.set(known, scopes)
    }
    const shared = responses.get(scopes.everyones, key)
    if (shared) return { finished: shared, scope: scopes.everyones, key }
    const finished = responses.get(scopes.own, key)
    return finished && { finished, scope: scopes.own, key }
  }

  /** It is asked for again, so it is made in that coding, for those who come after. */
  #coded({ finished, scope, key }: Found, coding: Coding): Representation {
    finished.want(coding, (bytes) => this.#options.responses.grow(scope, key, finished, bytes))
    return finished.in(coding)
  }
}

/** The route, with headers of positions made once for each. */
export function createMemoryRoute(options: Omit<MemoryRouteOptions, 'positions'>): MemoryRoute {
  return new MemoryRoute({ ...options, positions: new PositionHeaders(options.feed) })
}
