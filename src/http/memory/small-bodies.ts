import type { IncomingMessage, ServerResponse } from 'node:http'

/** A body that isn't there by then is read in the usual way, with deadlines of its own, in ms. */
const SOON_MS = 200

/** What becomes of a body: it is there, takes too long, or its sender has gone. */
export interface Outcomes {
  whole(request: IncomingMessage, response: ServerResponse, body: Buffer): void
  late(request: IncomingMessage, response: ServerResponse): void
  gone(request: IncomingMessage): void
}

interface Reading {
  /** Its place among all of them. */
  at: number
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly since: number
  /** What has come so far. */
  readonly chunks: Buffer[]
  readonly take: (chunk: Buffer) => void
  readonly end: () => void
}

/** Reads bodies that come together with their headers, as small ones do, without a timer for each. */
export class SmallBodies {
  readonly #outcomes: Outcomes
  /** In no order: a `Set` that is empty again after each request is made anew each time. */
  readonly #reading: Reading[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(outcomes: Outcomes) {
    this.#outcomes = outcomes
  }

  read(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = []
    const take = (chunk: Buffer): void => void chunks.push(chunk)
    const end = (): void => {
      this.#forget(reading)
      const [first] = chunks
      this.#outcomes.whole(request, response, first && chunks.length === 1 ? first : Buffer.concat(chunks))
    }
    const reading: Reading = {
      at: this.#reading.length,
      request,
      response,
      since: performance.now(),
      chunks,
      take,
      end,
    }
    this.#reading.push(reading)
    request.on('data', take).on('end', end)
    this.#timer ??= setInterval(() => this.#sweep(), SOON_MS).unref()
  }

  #sweep(): void {
    const soon = performance.now() - SOON_MS
    for (const reading of [...this.#reading]) {
      if (reading.since > soon && !reading.request.destroyed) continue
      this.#forget(reading)
      this.#giveUp(reading)
    }
    if (this.#reading.length > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** The last one takes its place. */
  #forget({ at }: Reading): void {
    const last = this.#reading.pop()
    if (!last || last.at === at) return
    last.at = at
    this.#reading[at] = last
  }

  /** Gives back what has come so far. */
  #giveUp({ request, response, chunks, take, end }: Reading): void {
    request.off('data', take).off('end', end).pause()
    if (chunks.length > 0 && !request.destroyed) request.unshift(Buffer.concat(chunks))
    if (request.destroyed) this.#outcomes.gone(request)
    else this.#outcomes.late(request, response)
  }
}
