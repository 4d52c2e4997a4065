import { setTimeout as sleep } from 'node:timers/promises'

/** Waits so many ms, or until `signal` aborts. */
export async function waitOrStop(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
