import { untilAborted } from '../kernel/signals.ts'

/** The next poll that says that all is well, for those who can't ask for one themselves. */
export class NextPoll {
  #next = Promise.withResolvers<void>()
  /** One for all who wait: each would leave something behind with a poll that never comes. */
  readonly #waiting = new Map<number, Promise<void>>()

  arrived(): void {
    this.#next.resolve()
    this.#next = Promise.withResolvers()
  }

  /** @throws if it doesn't come within so many ms */
  within(ms: number): Promise<void> {
    const known = this.#waiting.get(ms)
    if (known !== undefined) return known
    const late = AbortSignal.timeout(ms)
    const waiting = untilAborted(this.#next.promise, late).finally(() => this.#waiting.delete(ms))
    this.#waiting.set(ms, waiting)
    return waiting
  }
}
