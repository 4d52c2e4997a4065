import type { Socket } from 'node:net'

/** How often connections are looked at, in ms. */
const LOOK_MS = 1_000

interface Watched {
  /** How many bytes its reader had taken when it last took any. */
  taken: number
  /** `performance.now()` then. */
  since: number
}

/** Ends connections whose readers take nothing of what was sent to them, without a timer for each answer. */
export class SlowReaders {
  readonly #longestMs: number
  readonly #watched = new Map<Socket, Watched>()
  #timer: NodeJS.Timeout | undefined

  /** @param longestMs that long a reader may take nothing */
  constructor(longestMs: number) {
    this.#longestMs = longestMs
  }

  /** An answer is on its way there. */
  watch(socket: Socket): void {
    if (this.#watched.has(socket)) return
    this.#watched.set(socket, { taken: -1, since: performance.now() })
    this.#timer ??= setInterval(() => this.#look(), Math.min(LOOK_MS, this.#longestMs)).unref()
  }

  #look(): void {
    const now = performance.now()
    for (const [socket, watched] of this.#watched) {
      const taken = socket.bytesWritten - socket.writableLength
      if (socket.destroyed || socket.writableLength === 0) this.#watched.delete(socket)
      else if (taken !== watched.taken) Object.assign(watched, { taken, since: now })
      else if (now - watched.since > this.#longestMs) socket.destroy()
    }
    if (this.#watched.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
