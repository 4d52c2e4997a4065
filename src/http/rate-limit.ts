import { LRUCache } from 'lru-cache'
import { AppError } from '../kernel/errors.ts'

/** More viewers than this aren't remembered: who comes back then begins anew. */
const MAX_VIEWERS = 10_000

interface Bucket {
  tokens: number
  /** `performance.now()` when it was last filled up. */
  at: number
}

/** How many requests of one viewer this instance answers: a token bucket (as RFC 2697 meters traffic), refilled all the time. */
export class RateLimit {
  readonly #perSecond: number
  readonly #burst: number
  readonly #buckets = new LRUCache<string, Bucket>({ max: MAX_VIEWERS })

  /** @param perSecond in the long run; twice as many at once */
  constructor(perSecond: number) {
    this.#perSecond = perSecond
    this.#burst = 2 * perSecond
  }

  /** Counts a request, or as many as it is worth. @returns whether it may be answered */
  take(userName: string, count = 1): boolean {
    const now = performance.now()
    let bucket = this.#buckets.get(userName)
    if (!bucket) {
      bucket = { tokens: this.#burst, at: now }
      this.#buckets.set(userName, bucket)
    }
    const tokens = Math.min(this.#burst, bucket.tokens + ((now - bucket.at) * this.#perSecond) / 1_000)
    bucket.at = now
    // The rest of a request that has been counted as one is never more than there can be then.
    const wanted = Math.min(count, Math.max(1, this.#burst - 1))
    bucket.tokens = tokens < wanted ? tokens : tokens - wanted
    return tokens >= wanted
  }

  /** @throws AppError RATE_LIMITED */
  require(userName: string, count?: number): void {
    if (this.take(userName, count)) return
    throw new AppError(
      'RATE_LIMITED',
      `You have sent more than ${this.#perSecond} requests a second. Send fewer, or several fields in one.`,
      { retryAfterSeconds: 1 },
    )
  }
}
