import type { Connection, Opener } from './connection.ts'
import { unavailable } from './failures.ts'

/** Somebody who waits for a connection. */
export interface Waiter {
  readonly opener: Opener
  /** Of `performance.now()`. */
  readonly since: number
  /** A connection is being opened with its credentials. */
  opens: boolean
  readonly resolve: (connection: Connection) => void
  readonly reject: (error: unknown) => void
}

/** Those who wait for the same. */
export interface Line {
  /** How many connections they have. */
  readonly count: number
  readonly waiting: Waiter[]
}

/** Who comes when so many are waiting, in all lines or in one, couldn't be served in time. */
const [MAX_WAITING, MAX_LINE] = [5_000, 500]

/** Who waits, by what for. Each line has its turn, however long the others are. */
export class WaitingList<Of extends Line> {
  readonly #turns = new Set<Of>()
  #size = 0

  /** @throws AppError UNAVAILABLE */
  refuseIfFull(line: Line | undefined): void {
    if (this.#size < MAX_WAITING && (line?.waiting.length ?? 0) < MAX_LINE) return
    throw unavailable(undefined, 'too many are waiting for a connection')
  }

  enter(line: Of, waiter: Waiter): void {
    line.waiting.push(waiter)
    this.#size++
    this.#turns.add(line)
  }

  /** Without effect on who has left already. */
  leave(line: Of, waiter: Waiter): void {
    const at = line.waiting.indexOf(waiter)
    if (at < 0) return
    line.waiting.splice(at, 1)
    this.#size--
    if (line.waiting.length === 0) this.#turns.delete(line)
  }

  everybody(): Waiter[] {
    return [...this.#turns].flatMap(({ waiting }) => waiting)
  }

  /** Lines that have no connection at all. */
  newcomers(): number {
    let sum = 0
    for (const { count } of this.#turns) if (count === 0) sum++
    return sum
  }

  /** In the order of their turns; `serve` says whether a line got something: then it goes to the end. */
  inTurn(serve: (line: Of) => boolean): void {
    for (const line of this.#turns) {
      if (!serve(line)) continue
      this.#turns.delete(line)
      if (line.waiting.length > 0) this.#turns.add(line)
    }
  }
}
