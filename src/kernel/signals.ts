/**
 * Waits for `work`, but no longer than until `signal` aborts: then it rejects with the signal's reason, and what `work`
 * comes to later goes to `late` (release it there) and its failure to nobody.
 */
export async function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
  late: (value: T) => void = () => undefined,
): Promise<T> {
  let abort: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } catch (error) {
    if (signal.aborted) work.then(late, () => undefined)
    throw error
  } finally {
    if (abort) signal.removeEventListener('abort', abort)
  }
}
