export interface Hedge<T> {
  /** When the latest try has gone on for so long, another one is begun beside it. */
  readonly everyMs: number
  /** So many tries at most. */
  readonly most: number
  /** Whether the latest try does hang, and isn't merely waiting for its turn; asked before another one is begun. */
  readonly hangs?: () => boolean
  /** Gets what comes after it has been decided: release it there. */
  readonly late?: (value: T) => void
}

/**
 * Tries until the first success or failure; a try that hangs doesn't hold up the next, which may find that all is well
 * again. After a failure it is for the caller to begin anew: what was begun goes on until its own deadline, and to `late`.
 */
export function hedged<T>(attempt: () => Promise<T>, hedge: Hedge<T>): Promise<T> {
  const { everyMs, most, hangs = () => true, late = () => undefined } = hedge
  return new Promise((resolve, reject) => {
    let begun = 0
    let decided = false
    let timer: NodeJS.Timeout | undefined
    const decide = (settle: () => void): void => {
      decided = true
      clearTimeout(timer)
      settle()
    }
    const wait = (): void => {
      if (begun < most) timer = setTimeout(() => (hangs() ? begin() : wait()), everyMs)
    }
    const begin = (): void => {
      begun++
      wait()
      attempt().then(
        (value) => {
          if (decided) late(value)
          else decide(() => resolve(value))
        },
        (error) => {
          if (!decided) decide(() => reject(error))
        },
      )
    }
    begin()
  })
}
