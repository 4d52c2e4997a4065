import type { IncomingMessage } from 'node:http'

/** A body that isn't there by then is read in the usual way, with deadlines of its own, in ms. */
const SOON_MS = 200

interface Reading {
  readonly request: IncomingMessage
  readonly since: number
  /** Gives back what has come so far. */
  readonly giveUp: () => void
}

/** What becomes of a body: it is there, takes too long, or its sender has gone. */
export interface Outcomes {
  readonly whole: (body: Buffer) => void
  readonly late: () => void
  readonly gone: () => void
}

/** Reads bodies that come together with their headers, as small ones do, without a timer for each. */
export class SmallBodies {
  readonly #reading = new Set<Reading>()
  #timer: NodeJS.Timeout | undefined

  read(request: IncomingMessage, { whole, late, gone }: Outcomes): void {
    const chunks: Buffer[] = []
    const take = (chunk: Buffer): void => {
      chunks.push(chunk)
    }
    const end = (): void => {
      this.#reading.delete(reading)
      const [first] = chunks
      whole(first && chunks.length === 1 ? first : Buffer.concat(chunks))
    }
    const giveUp = (): void => {
      request.off('data', take).off('end', end).pause()
      if (request.destroyed) gone()
      else {
        if (chunks.length > 0) request.unshift(Buffer.concat(chunks))
        late()
      }
    }
    const reading: Reading = { request, since: performance.now(), giveUp }
    this.#reading.add(reading)
    request.on('data', take).on('end', end)
    this.#timer ??= setInterval(() => this.#sweep(), SOON_MS).unref()
  }

  #sweep(): void {
    const soon = performance.now() - SOON_MS
    for (const reading of this.#reading) {
      if (reading.since > soon && !reading.request.destroyed) continue
      this.#reading.delete(reading)
      reading.giveUp()
    }
    if (this.#reading.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
