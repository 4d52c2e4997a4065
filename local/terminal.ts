/** A line for whoever sits at the terminal. */
export function say(text = ''): void {
  process.stdout.write(`${text}\n`)
}

/** Says what went wrong and how to mend it, and ends with exit code 1. */
export function giveUp(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

/** Shows each step of something long with its time. */
export interface Progress {
  step(what: string): void
  done(): void
}

export function createProgress(): Progress {
  let current: { what: string; began: number } | undefined
  const finish = (): void => {
    if (current) say(`  ${current.what} … ${((performance.now() - current.began) / 1000).toFixed(1)} s`)
    current = undefined
  }
  return {
    step(what) {
      finish()
      current = { what, began: performance.now() }
      // Where lines can be rewritten, the step shows while it is still going on.
      if (process.stdout.isTTY) process.stdout.write(`  ${what} …\r`)
    },
    done: finish,
  }
}
