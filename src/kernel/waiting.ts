import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for `work` so long at most. @throws what `work` does; an Error when the time is up */
export async function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  const over = new AbortController()
  const late = sleep(ms, undefined, { ref: false, signal: over.signal }).then(
    () => Promise.reject(new Error(`no answer within ${ms} ms`)),
    () => new Promise<never>(() => undefined),
  )
  return Promise.race([work, late]).finally(() => over.abort())
}

/** Waits so many ms, or until `signal` aborts. Never rejects, and keeps no process alive. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { ref: false, signal }).catch(() => undefined)
}
