/** After something has happened, the next poll is due so soon, in ms; then after twice the time, and so on. */
const SOONEST_MS = 5
/** After so many changes that no wake-up has announced we ask for one, and after so many more that has not come. */
const [MAX_UNANNOUNCED, MAX_UNANSWERED] = [2, 4]

/** When to poll next. Wake-ups may be lost, and those who commit together send one for all of them. */
export class Schedule {
  readonly #longestMs: number
  #delayMs = SOONEST_MS
  #woken = false
  #stopped = false
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
    this.ring()
  }

  /** A poll begins: who wakes us from now on may mean something that it doesn't see. */
  begun(): void {
    this.#woken = false
  }

  /**
   * A poll has been answered. `noted`: it found changes that somebody should have woken us for.
   * @returns whether wake-ups are heard: `perhaps` not, which a wake-up of our own will show; `nothing` is
   */
  ended({ changed, noted }: { readonly changed: boolean; readonly noted: boolean }): 'all' | 'perhaps' | 'nothing' {
    if (noted && this.#waited) this.#unannounced++
    const asked = noted && this.#waited && this.#unannounced === MAX_UNANNOUNCED
    this.#waited = false
    this.#delayMs = changed ? SOONEST_MS : Math.min(this.#delayMs * 2, this.#longestMs)
    if (this.#unannounced < MAX_UNANSWERED) return asked ? 'perhaps' : 'all'
    this.#unannounced = 0
    return 'nothing'
  }

  /** Resolves when a poll is due. */
  async due(): Promise<void> {
    if (this.#woken || this.#stopped) return
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
  ring(): void {
    this.#ring?.()
  }

  /** Nobody waits any more. */
  stop(): void {
    this.#stopped = true
    this.ring()
  }
}
