const NEVER = Number.NEGATIVE_INFINITY

/** How lately it was confirmed that the feed has heard of everything. All moments are of `performance.now()`, which no clock moves. */
export class Confidence {
  /** When the last poll that has been answered was sent. */
  #polledAt = NEVER
  /** When the last one was sent that says that all is well. */
  #confirmedAt = NEVER
  /** When something was found to be wrong last: what a poll says that was sent before doesn't count. */
  #distrustedAt = NEVER

  get polledAt(): number {
    return this.#polledAt
  }

  get ageMs(): number {
    return performance.now() - this.#confirmedAt
  }

  polled(sentAt: number): void {
    this.#polledAt = sentAt
  }

  /** @returns whether that counts */
  confirm(sentAt: number): boolean {
    if (sentAt <= this.#distrustedAt) return false
    this.#confirmedAt = sentAt
    return true
  }

  distrust(): void {
    this.#distrustedAt = performance.now()
    this.#confirmedAt = NEVER
  }
}
