/**
 * Waits for `work`, but no longer than until `signal` aborts: then it rejects with the signal's reason, and what `work`
 * comes to later goes to `late` (release it there) and its failure to nobody.
 */
export function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
  late: (value: T) => void = () => undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const waiting = waitingFor(signal)
    const abort = (): void => {
      reject(signal.reason)
      work.then(late, () => undefined)
    }
    if (signal.aborted) return abort()
    waiting.add(abort)
    work.then(
      (value) => {
        if (waiting.delete(abort)) resolve(value)
      },
      (error) => {
        if (waiting.delete(abort)) reject(error)
      },
    )
  })
}

const waitingOf = new WeakMap<AbortSignal, Set<() => void>>()

/** Who waits for a signal, all by one listener: each listener of its own would cost more than a small request's work. */
function waitingFor(signal: AbortSignal): Set<() => void> {
  const known = waitingOf.get(signal)
  if (known) return known
  const waiting = new Set<() => void>()
  waitingOf.set(signal, waiting)
  const abortAll = (): void => {
    for (const abort of waiting) {
      waiting.delete(abort)
      abort()
    }
  }
  signal.addEventListener('abort', abortAll, { once: true })
  return waiting
}
