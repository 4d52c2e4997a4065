/**
 * One run at a time. Who asks while one is running gets the next one, together with all who ask until it begins: a run
 * that began earlier may have looked before what they know of had happened.
 */
export function shared<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  let next: Promise<T> | undefined
  const start = (): Promise<T> => {
    next = undefined
    running = run().finally(() => {
      running = undefined
    })
    return running
  }
  return () => {
    // The next one first: between the end of one run and the beginning of the next none is running.
    if (next !== undefined) return next
    if (!running) return start()
    next = running.then(start, start)
    return next
  }
}
