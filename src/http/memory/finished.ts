import { OLDEST_CLIENT, OLDEST_CLIENT_HEADER } from '../clients.ts'
import { compress, isBusy, MIN_BYTES } from './coding.ts'
import { type Coding, etagOf, withCoding } from './etag.ts'
import { type Body, bodyOf, linesOf } from './wire.ts'

/** All answers of GraphQL: for whoever asked alone, and each time to be asked for again. */
export const CACHE_CONTROL = 'private, no-cache'
export const VARY = 'Accept, Accept-Encoding, X-Forwarded-Access-Token, X-Forwarded-Email'

/** What can be sent, and what is said of it. Neither is ever changed. */
export interface Representation {
  readonly body: Body
  readonly bytes: number
  readonly etag: string
  /** Header lines. */
  readonly lines: string
}

/** A finished answer as it is, and in codings once somebody has asked for it again. */
export class Finished {
  readonly plain: Representation
  /** Header lines of every answer of it, a 304 too. */
  readonly always: string
  readonly #mediaType: string
  readonly #coded: Partial<Record<Coding, Representation | 'making' | 'useless'>> = {}

  constructor(text: string, { mediaType, synced }: { readonly mediaType: string; readonly synced: boolean }) {
    // Of its own: a piece of Node's pool would keep all of that.
    const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text))
    bytes.write(text)
    this.#mediaType = mediaType
    const cacheStatus = `lakebase-graphql; hit; detail="answer"${synced ? '; bound=15' : ''}`
    const oldest = [OLDEST_CLIENT_HEADER, OLDEST_CLIENT]
    this.always = linesOf([...oldest, 'Cache-Control', CACHE_CONTROL, 'Vary', VARY, 'Cache-Status', cacheStatus])
    this.plain = this.#represent(bytes, etagOf(bytes, mediaType))
  }

  /** In this coding, or as it is. */
  in(coding: Coding | undefined): Representation {
    const coded = coding && this.#coded[coding]
    return typeof coded === 'object' ? coded : this.plain
  }

  /** Has it made in a coding that is asked for, if it is worth it; `grown` hears of the bytes that takes. */
  want(coding: Coding, grown: (bytes: number) => void): void {
    const { body, bytes, etag } = this.plain
    if (bytes < MIN_BYTES || this.#coded[coding] !== undefined || isBusy()) return
    this.#coded[coding] = 'making'
    compress(typeof body === 'string' ? Buffer.from(body, 'latin1') : body, coding).then(
      (coded) => {
        this.#coded[coding] = coded ? this.#represent(coded, withCoding(etag, coding), coding) : 'useless'
        if (coded) grown(coded.length)
      },
      () => {
        this.#coded[coding] = 'useless'
      },
    )
  }

  #represent(bytes: Buffer, etag: string, coding?: Coding): Representation {
    const headers = ['Content-Type', `${this.#mediaType}; charset=utf-8`, 'Content-Length', String(bytes.length)]
    if (coding !== undefined) headers.push('Content-Encoding', coding)
    headers.push('ETag', etag)
    return { body: bodyOf(bytes), bytes: bytes.length, etag, lines: linesOf(headers) + this.always }
  }
}
