import { LakebaseError } from './errors.ts'

const FIRST_MS = 200
const LONGEST_MS = 5_000

/**
 * How long to wait before another try, in ms: what the server said, else twice as long each time, of which a random part, so that many
 * clients don't come back at once ("full jitter", https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
export function backOff(tries: number, retryAfterMs: number | undefined): number {
  return retryAfterMs ?? Math.random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** tries)
}

/** `Retry-After` in ms: seconds, or a date (RFC 9110 section 10.2.3) read by the server's own clock, since ours may be wrong. */
export function retryAfterOf(headers: Headers): number | undefined {
  const text = headers.get('retry-after')
  if (text === null) return undefined
  if (/^\d{1,6}$/.test(text)) return Number(text) * 1_000
  const ms = Date.parse(text) - Date.parse(headers.get('date') ?? '')
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}

/** Ends a call when its time is up or its caller wants. */
export class Deadline {
  readonly #controller = new AbortController()
  readonly #ends: number
  readonly #timeoutMs: number
  readonly #caller: AbortSignal | undefined
  readonly #timer: ReturnType<typeof setTimeout>
  readonly #abort = (): void => this.#controller.abort()

  constructor(timeoutMs: number, caller: AbortSignal | undefined) {
    this.#timeoutMs = timeoutMs
    this.#ends = performance.now() + timeoutMs
    this.#caller = caller
    this.#timer = setTimeout(this.#abort, timeoutMs)
    caller?.addEventListener('abort', this.#abort)
    if (caller?.aborted) this.#abort()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** To be called when the call is over: a caller's signal may live long. */
  release(): void {
    clearTimeout(this.#timer)
    this.#caller?.removeEventListener('abort', this.#abort)
  }

  /** Why the signal has aborted. @param last what the last try met */
  error(last?: unknown): LakebaseError {
    if (this.#caller?.aborted) {
      return new LakebaseError('ABORTED', 'The call was aborted by its signal.', { cause: this.#caller.reason })
    }
    const message = `There was no answer within ${this.#timeoutMs} ms. Ask for less, or give the call more time by timeoutMs.`
    return new LakebaseError('TIMED_OUT', message, { cause: last })
  }

  /** Waits. @throws LakebaseError `last` if there isn't time enough: what the server has said is worth more than that time is up */
  async wait(ms: number, last: LakebaseError): Promise<void> {
    if (ms >= this.#ends - performance.now()) throw last
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      this.signal.addEventListener('abort', done)
      if (this.signal.aborted) done()
    })
    if (this.signal.aborted) throw this.error(last)
  }
}

/** What `promise` gives, unless the signal aborts first. Whatever becomes of it later is nobody's concern any more. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new DOMException('aborted', 'AbortError'))
    signal.addEventListener('abort', abort)
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
    if (signal.aborted) abort()
  })
}
