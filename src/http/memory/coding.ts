import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { LRUCache } from 'lru-cache'
import type { Coding } from './etag.ts'

/** Smaller answers gain nothing, in bytes. */
export const MIN_BYTES = 1_024
/** How many are compressed at the same time: they take turns with all else that the process does beside its main thread. */
const MAX_AT_ONCE = 2
const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }

const known = new LRUCache<string, { readonly coding: Coding | undefined }>({ max: 100 })

/** The coding that the client likes best of ours, by `Accept-Encoding` (RFC 9110 section 12.5.3); undefined: none of them. */
export function codingFor(acceptEncoding: string | undefined): Coding | undefined {
  if (acceptEncoding === undefined || acceptEncoding.length > 200) return undefined
  let found = known.get(acceptEncoding)
  if (!found) {
    found = { coding: choose(acceptEncoding) }
    known.set(acceptEncoding, found)
  }
  return found.coding
}

function choose(acceptEncoding: string): Coding | undefined {
  const weights = new Map<string, number>()
  for (const part of acceptEncoding.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((each) => each.trim())
    const weight = Number(parameters.find((each) => each.startsWith('q='))?.slice(2) ?? 1)
    weights.set(name, Number.isNaN(weight) ? 0 : weight)
  }
  const weightOf = (coding: string): number => weights.get(coding) ?? weights.get('*') ?? 0
  const [br, gzipped] = [weightOf('br'), weightOf('gzip')]
  if (br > 0 && br >= gzipped) return 'br'
  return gzipped > 0 ? 'gzip' : undefined
}

let compressing = 0

/** Whether others' turn comes first. */
export const isBusy = (): boolean => compressing >= MAX_AT_ONCE

/** The same bytes in a coding; undefined if that isn't worth it. */
export async function compress(bytes: Buffer, coding: Coding): Promise<Buffer | undefined> {
  compressing++
  try {
    const coded = coding === 'br' ? await promisify(brotliCompress)(bytes, QUALITY) : await promisify(gzip)(bytes)
    return coded.length < 0.9 * bytes.length ? coded : undefined
  } finally {
    compressing--
  }
}
