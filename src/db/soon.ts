import { untilAborted } from '../kernel/signals.ts'

/** What takes longer than that hangs: the way to the server is gone. */
const SOON_MS = 5_000

/**
 * Waits for a look-up, but not for ever: its connection must not be used any more once this has failed.
 * @param besides what it may wait for on the server, in ms
 */
export function soon<T>(work: Promise<T>, besides = 0): Promise<T> {
  return untilAborted(work, AbortSignal.timeout(SOON_MS + besides))
}
