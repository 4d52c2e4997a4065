/** After something has happened, the next poll is due so soon, in ms; then after twice the time, and so on. */
const SOONEST_MS = 5
/** So many changes in a row that nobody has woken us for: what looks like a listening connection hears nothing. */
const MAX_UNANNOUNCED = 2

/** When to poll next. Wake-ups may be lost, and those who commit together send one for all of them. */
export class Schedule {
  readonly #longestMs: number
  #delayMs = SOONEST_MS
  #woken = false
  #waited = false
  #unannounced = 0
  #ring: (() => void) | undefined

  constructor(longestMs: number) {
    this.#longestMs = longestMs
  }

  /** Postgres says that something has happened. */
  wake(): void {
    this.#woken = true
    this.#unannounced = 0
    this.#delayMs = SOONEST_MS
    this.#ring?.()
  }

  /** A poll begins: who wakes us from now on may mean something that it doesn't see. */
  begun(): void {
    this.#woken = false
  }

  /** @returns whether wake-ups don't come */
  ended(changed: boolean): boolean {
    if (changed && this.#waited) this.#unannounced++
    this.#waited = false
    this.#delayMs = changed ? SOONEST_MS : Math.min(this.#delayMs * 2, this.#longestMs)
    const deaf = this.#unannounced >= MAX_UNANNOUNCED
    if (deaf) this.#unannounced = 0
    return deaf
  }

  /** Resolves when a poll is due. */
  async due(): Promise<void> {
    if (this.#woken) return
    const rang = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(resolve, this.#delayMs, false)
      timer.unref()
      this.#ring = () => {
        clearTimeout(timer)
        resolve(true)
      }
    })
    this.#ring = undefined
    this.#waited = !rang && this.#delayMs >= this.#longestMs
  }

  /** Lets who waits in `due` go on. */
  stop(): void {
    this.#ring?.()
  }
}
