import { AppError } from '../kernel/errors.ts'

interface Line {
  running: number
  /** Each lets somebody go on. */
  readonly waiting: (() => void)[]
}

/** Who comes when so many of the same are waiting couldn't be served in time. */
const MAX_LINE = 500

/** Lets so many work at once under each key; others wait for their turn, each no longer than `waitMs`. */
export class Turns {
  readonly #lines = new Map<string, Line>()
  readonly #most: number
  readonly #waitMs: number

  constructor({ most, waitMs }: { readonly most: number; readonly waitMs: number }) {
    this.#most = most
    this.#waitMs = waitMs
  }

  /** @throws AppError UNAVAILABLE if the turn doesn't come in time; `signal`'s reason if that aborts before. */
  async run<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted()
    const line = this.#lines.get(key) ?? { running: 0, waiting: [] }
    this.#lines.set(key, line)
    if (line.running < this.#most) line.running++
    else await this.#wait(line, signal)
    try {
      return await work()
    } finally {
      this.#leave(key, line)
    }
  }

  /** Resolves when somebody who leaves has given their place. */
  #wait({ waiting }: Line, signal: AbortSignal): Promise<void> {
    if (waiting.length >= MAX_LINE) throw tooMany()
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', leave)
      }
      const giveUp = (reason: unknown): void => {
        waiting.splice(waiting.indexOf(go), 1)
        end()
        reject(reason)
      }
      const leave = (): void => giveUp(signal.reason)
      const timer = setTimeout(() => giveUp(tooMany()), this.#waitMs)
      const go = (): void => {
        end()
        resolve()
      }
      signal.addEventListener('abort', leave)
      waiting.push(go)
    })
  }

  #leave(key: string, line: Line): void {
    const next = line.waiting.shift()
    if (next) next()
    else if (--line.running === 0) this.#lines.delete(key)
  }
}

function tooMany(): AppError {
  const message = 'Nothing was written: too many of your mutations are under way.'
  return new AppError('UNAVAILABLE', message, { retryAfterSeconds: 1 })
}
