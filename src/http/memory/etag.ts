import { createHash } from 'node:crypto'

/** What an answer may be encoded in for its way, beside as it is. */
export type Coding = 'gzip' | 'br'

/** A strong validator (RFC 9110 section 8.8.1): the same for the same bytes of the same type alone, by their hash. */
export function etagOf(bytes: Buffer | string, mediaType: string): string {
  return `"${createHash('sha256').update(`${mediaType}\n`).update(bytes).digest('base64url')}"`
}

/** The validator of the same answer in a coding. */
export function withCoding(etag: string, coding: Coding | undefined): string {
  return coding === undefined ? etag : `${etag.slice(0, -1)}-${coding}"`
}

const LIST = /^\s*(?:(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"\s*(?:,\s*|$))+$/
const ONE = /"[\x21\x23-\x7e\x80-\xff]*"/g

/**
 * Which of these validators `If-None-Match` names, by the weak comparison that RFC 9110 section 13.1.2 asks for; `*` names whatever
 * there is. What isn't a list of validators names none.
 */
export function namedBy(ifNoneMatch: string | undefined, etags: readonly string[]): string | undefined {
  if (ifNoneMatch === undefined) return undefined
  // What most clients send: the one that they were given.
  if (etags.includes(ifNoneMatch)) return ifNoneMatch
  if (ifNoneMatch.trim() === '*') return etags[0]
  if (ifNoneMatch.length > MAX_LIST || !LIST.test(ifNoneMatch)) return undefined
  const named = new Set(ifNoneMatch.match(ONE))
  return etags.find((etag) => named.has(etag))
}

/** In characters. Whoever lists more is sent the answer. */
const MAX_LIST = 4_096
