import type { IncomingMessage } from 'node:http'
import type { Observe } from '../../kernel/observe.ts'
import { pathOf } from '../path.ts'
import type { Sent } from './route.ts'

/** How often what was answered from memory is summed up, in ms. */
const EVERY_MS = 1_000
/** One in so long has a line of its own, as all other answers have, in ms. */
const SAMPLE_MS = 100

/** Counts since the start. */
export interface HitCounts {
  /** Answers that were sent whole from memory. */
  sent: number
  /** Requests that were told that what they have still holds. */
  notModified: number
  bytes: number
}

/** Answers from memory in the log: a line a second for all of them, and a sample; a line for each would cost as much as the answer. */
export class HitLog {
  readonly counts: HitCounts = { sent: 0, notModified: 0, bytes: 0 }
  readonly #observe: Observe
  #told = 0
  #sampledAt = Number.NEGATIVE_INFINITY
  #slowestMs = 0
  #timer: NodeJS.Timeout | undefined

  constructor(observe: Observe) {
    this.#observe = observe
  }

  /** @param at `performance.now()` now. @param ms how long it took */
  note(request: IncomingMessage, { requestId, status, bytes }: Sent, at: number, ms: number): void {
    const { counts } = this
    if (status === 200) counts.sent++
    else counts.notModified++
    counts.bytes += bytes
    if (ms > this.#slowestMs) this.#slowestMs = ms
    this.#timer ??= setTimeout(() => this.flush(), EVERY_MS).unref()
    if (at - this.#sampledAt < SAMPLE_MS) return
    this.#sampledAt = at
    const { method = '' } = request
    this.#observe({ event: 'request', requestId, method, path: pathOf(request), status, ms, from: 'memory' })
  }

  /** Says what hasn't been said yet. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const all = this.counts.sent + this.counts.notModified
    if (all === this.#told) return
    this.#observe({ event: 'requests.from_memory', count: all - this.#told, ms: this.#slowestMs })
    this.#told = all
    this.#slowestMs = 0
  }
}
