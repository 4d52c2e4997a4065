import { hash } from 'node:crypto'
import { type Held, ScopedLru } from './scoped-lru.ts'

/** Of the budget, one of them. */
const MAKER_SHARE = 0.125
/** No longer than what they have made is kept, in ms. */
const LIFE_MS = 3_600_000
/** Of a hash in two tables. */
const HELD: Held = { bytes: 400, group: 'makers' }

/**
 * Who was the first to make what could be everyone's, so that it becomes that when a second one makes it, and stays that however often it is
 * made again. Bounded for each of them: nobody can have it forgotten what others made.
 */
export class Makers {
  readonly #held: ScopedLru<Held>
  /** Null: several. */
  readonly #makerOf = new Map<string, string | null>()

  /** @param bytes the budget */
  constructor(bytes: number) {
    this.#held = new ScopedLru({
      bytes,
      bytesOf: () => Math.ceil(bytes * MAKER_SHARE),
      lifeMs: () => LIFE_MS,
      onGone: (_maker, hashed) => void this.#makerOf.delete(hashed),
    })
  }

  /** Notes that `maker` has made what is kept by this key. @returns whether it isn't theirs alone */
  isShared(key: string, maker: string): boolean {
    const hashed = hash('sha256', key, 'base64url')
    const first = this.#makerOf.get(hashed)
    if (first === undefined && this.#held.set(maker, hashed, HELD)) this.#makerOf.set(hashed, maker)
    if (first === undefined || first === maker) return false
    this.#makerOf.set(hashed, null)
    return true
  }
}
