import { waitOrStop } from '../kernel/waiting.ts'

const [FIRST_MS, LONGEST_MS] = [20, 500]

/** Pauses between sessions that have failed; one that has worked for a while doesn't count among those that never do. */
export class Retries {
  #failures = 0

  /** Resolves when the next session may be begun, or `signal` aborts. */
  async next({ worked, signal }: { readonly worked: boolean; readonly signal: AbortSignal }): Promise<void> {
    this.#failures = worked ? 0 : this.#failures + 1
    await waitOrStop(Math.min(FIRST_MS * 2 ** this.#failures, LONGEST_MS), signal)
  }
}
