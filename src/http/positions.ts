import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { type Feed, formatPosition, type Position, parsePosition } from '../changes/index.ts'
import { AppError } from '../kernel/errors.ts'
import { untilAborted } from '../kernel/signals.ts'

/** How far the feed of changes has come. */
export type FeedPosition = Pick<
  Feed,
  'coherence' | 'position' | 'isLive' | 'ageMs' | 'touch' | 'wake' | 'catchUp' | 'trouble'
>

/** Of this process: answers of several instances come in any order, and the furthest of what each has said counts. */
const COOKIE = `position-${randomBytes(4).toString('hex')}`
/** A process that has gone says nothing more, and a browser keeps only so many. */
const COOKIE_SECONDS = 600
/** Of no epoch: whoever asks for it is answered past memory, on any instance. */
const UNKNOWN: Position = { epoch: '000000000000', count: 0 }

/**
 * Has the answer be at least as current as the client asks for by `X-Min-Position`, or a browser by its cookie: the feed
 * has come so far, or else, by what this gives, nothing may be answered from memory.
 * @throws AppError BAD_REQUEST for a header that is no position, or one that the database hasn't reached
 */
export async function awaitPosition(
  feed: FeedPosition,
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<string | undefined> {
  const header = fromHeader(request)
  const wanted = header ?? furthest(fromCookies(request.headers))
  if (!wanted) return undefined
  await feed.wake()
  if (!reached(feed, wanted)) await untilAborted(feed.catchUp(), signal).catch(() => undefined)
  if (signal.aborted) return undefined
  if (!feed.isLive()) return 'changes can’t be followed just now'
  if (reached(feed, wanted)) return undefined
  if (feed.position()?.epoch !== wanted.epoch) return 'the position asked for is of another epoch'
  if (!header) return 'the cookie’s position is ahead of the database'
  throw new AppError(
    'BAD_REQUEST',
    'X-Min-Position is ahead of the database. Send what X-Position gave you, or leave it out.',
  )
}

/** Whether the feed has come as far as a request asks for, without waiting; false also for what is no position. */
export function isReached(feed: FeedPosition, headers: IncomingHttpHeaders): boolean {
  const { 'x-min-position': header, cookie } = headers
  if (header !== undefined) {
    const wanted = typeof header === 'string' ? parsePosition(header) : undefined
    return wanted !== undefined && reached(feed, wanted)
  }
  const wanted = cookie?.includes('position-') ? furthest(fromCookies(headers)) : undefined
  return !wanted || reached(feed, wanted)
}

function reached(feed: FeedPosition, { epoch, count }: Position): boolean {
  const at = feed.position()
  return at?.epoch === epoch && at.count >= count
}

function fromHeader({ headersDistinct }: IncomingMessage): Position | undefined {
  const given = headersDistinct['x-min-position'] ?? []
  const [text] = given
  if (text === undefined) return undefined
  const position = given.length === 1 ? parsePosition(text) : undefined
  if (position) return position
  throw new AppError('BAD_REQUEST', 'X-Min-Position must be one position, as X-Position gave it. Or leave it out.')
}

/** A browser couldn't mend a wrong one: it is as if there were none. */
function fromCookies(headers: IncomingHttpHeaders): Position[] {
  return [...(headers.cookie ?? '').matchAll(/(?:^|;\s*)position-[0-9a-f]{8}=([^;]*)/g)].flatMap(
    ([, text = '']) => parsePosition(text) ?? [],
  )
}

/** Of several epochs none is known to be the last: then memory isn't asked. */
function furthest(positions: readonly Position[]): Position | undefined {
  const [first] = positions
  if (!first) return undefined
  if (positions.some(({ epoch }) => epoch !== first.epoch)) return UNKNOWN
  return positions.reduce((a, b) => (b.count > a.count ? b : a))
}

/**
 * Says how far the answer is current: whatever it shows, the feed has seen.
 * @param unsettled it may show, or have done, what the feed hasn't seen yet
 */
export function sendPosition(
  feed: FeedPosition,
  request: IncomingMessage,
  response: ServerResponse,
  { unsettled }: { readonly unsettled: boolean },
): void {
  const position = unsettled || !feed.isLive() ? UNKNOWN : (feed.position() ?? UNKNOWN)
  const text = formatPosition(position)
  response.setHeader('X-Position', text)
  if (!hasCookie(request.headers.cookie, text)) response.appendHeader('Set-Cookie', cookieOf(text))
}

/** The same for what comes from memory, while the feed is live: made once for each position. */
export class PositionHeaders {
  readonly #feed: FeedPosition
  #madeFor: unknown
  #text = ''
  #line = ''
  #lines = ''

  constructor(feed: FeedPosition) {
    this.#feed = feed
  }

  /** Header lines. */
  lines(cookie: string | undefined): string {
    const { moment } = this.#feed.coherence
    if (moment !== this.#madeFor) {
      this.#text = formatPosition(this.#feed.position() ?? UNKNOWN)
      this.#line = `X-Position: ${this.#text}\r\n`
      this.#lines = `${this.#line}Set-Cookie: ${cookieOf(this.#text)}\r\n`
      this.#madeFor = moment
    }
    return hasCookie(cookie, this.#text) ? this.#line : this.#lines
  }
}

const hasCookie = (cookie: string | undefined, text: string): boolean => cookie?.includes(`${COOKIE}=${text}`) ?? false

const cookieOf = (text: string): string =>
  `${COOKIE}=${text}; Path=/api; Max-Age=${COOKIE_SECONDS}; HttpOnly; SameSite=Strict`
