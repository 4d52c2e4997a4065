import type { IncomingMessage } from 'node:http'
import { isJson } from '../form.ts'
import { mediaTypeOf } from '../short-way.ts'

/** Longer operations are rare, and answered in the usual way, in bytes. */
export const MAX_KEY_BYTES = 16_384
const POSTS = ['/api/graphql', '/graphql']
const GETS = POSTS.map((path) => `${path}?`)

/**
 * All that decides what an operation's answer is, beside who asks: its bytes as they came, variables among them, and the type to
 * answer in. Undefined for what is unusual, or wrong.
 */
export function keyOf({ method, url = '', headers }: IncomingMessage, body: Buffer | null): string | undefined {
  const mediaType = mediaTypeOf(headers.accept)
  if (mediaType === undefined || headers['idempotency-key'] !== undefined) return undefined
  if (body) {
    // A longer one would be kept, and never looked for.
    const isUsual = method === 'POST' && body.length <= MAX_KEY_BYTES && mayPost(url, headers)
    return isUsual ? `POST ${mediaType}\n${body.toString('latin1')}` : undefined
  }
  return method === 'GET' && mayGet(url) ? `GET ${mediaType}\n${url}` : undefined
}

/** Whether it is an operation that may have been answered before. */
export function mayPost(url: string, headers: IncomingMessage['headers']): boolean {
  return POSTS.includes(url) && isJson(headers)
}

function mayGet(url: string): boolean {
  return url.length <= MAX_KEY_BYTES && GETS.some((path) => url.startsWith(path))
}
