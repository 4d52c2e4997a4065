import { untilAborted } from '../kernel/signals.ts'
import type { Moment } from './coherence.ts'

/** One read for all who want what it reads. */
export interface Flight {
  /** Noted before it began; undefined while it waits for another one to end. */
  moment: Moment | undefined
  /** What it has read, by key. */
  readonly result: Promise<ReadonlyMap<string, unknown>>
  readonly controller: AbortController
  waiters: number
}

/** A read that hangs holds up the one after it for so long at most, in ms. */
const LONGEST_WAIT_MS = 5_000

/** Reads that are under way: of each key one runs, and at most one waits until that has ended. */
export class Flights {
  readonly #running = new Map<string, Flight>()
  readonly #waiting = new Map<string, Flight>()

  /** One that will have seen all that happened until now: it hasn't begun yet, or `holds` since it did. */
  joinable(key: string, holds: (since: Moment) => boolean): Flight | undefined {
    return [this.#waiting.get(key), this.#running.get(key)].find(
      (flight) => flight && !flight.controller.signal.aborted && (!flight.moment || holds(flight.moment)),
    )
  }

  running(key: string): Flight | undefined {
    return this.#running.get(key)
  }

  /**
   * Reads `keys`, as soon as `after` have ended. `read` is called then, and gets a signal that aborts when nobody waits any more.
   * @param now gives the moment, which is noted before `read` is called
   */
  begin(
    keys: readonly string[],
    { after, now, read }: { after: readonly Flight[]; now: () => Moment; read: Read },
  ): Flight {
    const controller = new AbortController()
    const run = async (): Promise<ReadonlyMap<string, unknown>> => {
      if (after.length > 0) await ended(after)
      for (const key of keys) {
        if (this.#waiting.get(key) === flight) this.#waiting.delete(key)
        this.#running.set(key, flight)
      }
      try {
        controller.signal.throwIfAborted()
        flight.moment = now()
        return await read(flight.moment, controller.signal)
      } finally {
        for (const key of keys) if (this.#running.get(key) === flight) this.#running.delete(key)
      }
    }
    const flight: Flight = { moment: undefined, controller, waiters: 0, result: Promise.resolve().then(run) }
    // Before `run`, which begins when this is done.
    for (const key of keys) (after.length > 0 ? this.#waiting : this.#running).set(key, flight)
    // Whoever waits for it hears of it.
    flight.result.catch(() => undefined)
    return flight
  }

  /** Waits for it as long as `signal` lets; when the last one has left, the read is given up. */
  async wait(flight: Flight, signal: AbortSignal): Promise<ReadonlyMap<string, unknown>> {
    flight.waiters++
    try {
      return await untilAborted(flight.result, signal)
    } finally {
      flight.waiters--
      if (flight.waiters === 0 && signal.aborted) flight.controller.abort(signal.reason)
    }
  }
}

type Read = (since: Moment, signal: AbortSignal) => Promise<ReadonlyMap<string, unknown>>

/** Whether they have or not: after a while it is no longer waited for. */
async function ended(flights: readonly Flight[]): Promise<void> {
  const all = Promise.allSettled(flights.map(({ result }) => result))
  await untilAborted(all, AbortSignal.timeout(LONGEST_WAIT_MS)).catch(() => undefined)
}
