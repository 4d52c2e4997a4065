import type { IncomingMessage } from 'node:http'
import { codingFor } from './coding.ts'
import { namedBy, withCoding } from './etag.ts'

/**
 * The validator by which a GET says that it has this answer already, as it is or in the coding it likes best; undefined if it has
 * not, and for a POST, whose answer is always sent.
 */
export function heldBy({ method, headers }: IncomingMessage, etag: string): string | undefined {
  const { 'if-none-match': named, 'accept-encoding': accepted } = headers
  if (method !== 'GET' || named === undefined) return undefined
  const coding = codingFor(accepted)
  return namedBy(named, coding ? [etag, withCoding(etag, coding)] : [etag])
}
