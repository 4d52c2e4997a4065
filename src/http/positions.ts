import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Feed, formatPosition, type Position, parsePosition } from '../changes/index.ts'
import { AppError } from '../kernel/errors.ts'
import { untilAborted } from '../kernel/signals.ts'

/** How far the feed of changes has come. */
export type FeedPosition = Pick<Feed, 'position' | 'isLive' | 'wake' | 'catchUp'>

const COOKIE = 'position'

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
  const wanted = header ?? fromCookie(request)
  if (!wanted) return undefined
  await feed.wake()
  if (!reached(feed, wanted)) await untilAborted(feed.catchUp(), signal).catch(() => undefined)
  // Where the feed isn't live, everything is read from Postgres.
  if (signal.aborted || !feed.isLive() || reached(feed, wanted)) return undefined
  if (feed.position()?.epoch !== wanted.epoch) return 'the position asked for is of another epoch'
  if (!header) return 'the cookie’s position is ahead of the database'
  throw new AppError(
    'BAD_REQUEST',
    'X-Min-Position is ahead of the database. Send what X-Position gave you, or leave it out.',
  )
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
function fromCookie({ headers }: IncomingMessage): Position | undefined {
  const [, text] = /(?:^|;\s*)position=([^;]*)/.exec(headers.cookie ?? '') ?? []
  return text === undefined ? undefined : parsePosition(text)
}

/** Says how far the answer is current: whatever it shows, the feed has seen. */
export function sendPosition(feed: FeedPosition, request: IncomingMessage, response: ServerResponse): void {
  const position = feed.position()
  if (!position || !feed.isLive()) return
  const text = formatPosition(position)
  response.setHeader('X-Position', text)
  const known = fromCookie(request)
  if (known?.epoch === position.epoch && known.count === position.count) return
  response.appendHeader('Set-Cookie', `${COOKIE}=${text}; Path=/api; HttpOnly; SameSite=Strict`)
}
