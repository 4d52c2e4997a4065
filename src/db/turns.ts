import { untilAborted } from '../kernel/signals.ts'
import { unavailable } from './failures.ts'

interface Line {
  running: number
  readonly waiting: Waiter[]
}

interface Waiter {
  readonly go: () => void
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
    await untilAborted(this.#enter(key), signal, () => this.#leave(key))
    try {
      return await work()
    } finally {
      this.#leave(key)
    }
  }

  async #enter(key: string): Promise<void> {
    const line = this.#lines.get(key) ?? { running: 0, waiting: [] }
    this.#lines.set(key, line)
    if (line.running < this.#most) {
      line.running++
      return
    }
    if (line.waiting.length >= MAX_LINE) throw unavailable(undefined, 'too much of yours is under way')
    await new Promise<void>((resolve, reject) => {
      const giveUp = (): void => {
        line.waiting.splice(line.waiting.indexOf(waiter), 1)
        reject(unavailable(undefined, 'too much of yours is under way'))
      }
      const timer = setTimeout(giveUp, this.#waitMs)
      const waiter: Waiter = {
        go() {
          clearTimeout(timer)
          resolve()
        },
      }
      line.waiting.push(waiter)
    })
  }

  #leave(key: string): void {
    const line = this.#lines.get(key)
    const next = line?.waiting.shift()
    if (next) next.go()
    else if (line && --line.running === 0) this.#lines.delete(key)
  }
}
