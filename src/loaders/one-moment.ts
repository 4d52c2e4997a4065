import { untilAborted } from '../kernel/signals.ts'
import type { LoadContext, Loading } from './load-context.ts'

/** After so many answers that a change has fallen into, the next is read from one snapshot. */
const MAX_TRIES = 3

/**
 * Answers a query such that all of the answer is of one moment, and that whatever is served from memory later has seen
 * what it has: after the last statement it waits for a poll, and where something in the answer has changed since it
 * began, it is made again.
 * @param run makes the answer; all that it loads, it loads by `load`
 */
export async function atOneMoment<Result>(
  loading: Loading,
  load: LoadContext,
  run: () => Result | Promise<Result>,
): Promise<Result> {
  const { coherence } = loading.freshness
  await loading.freshness.wake()
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    load.begin()
    const result = await run()
    const { answer, signal } = load
    const polled = !answer.hasRead || (await settled(loading, load))
    if (signal.aborted || answer.parts <= 1) return result
    // No poll tells of changes that nobody notes.
    if (!polled || answer.untracked) break
    if (answer.changes === coherence.changes || coherence.holds(answer.began, answer.tags)) return result
    loading.tally.again.rerun++
  }
  loading.tally.again.snapshot++
  const result = await load.inOneSnapshot(async () => run())
  await settled(loading, load)
  return result
}

/**
 * Waits for a poll that begins now. After a mutation: before its reply, whatever has come of it.
 * @returns whether there was one; if not, the answer has no position
 */
export async function settled({ freshness }: Loading, load: LoadContext): Promise<boolean> {
  try {
    await untilAborted(freshness.catchUp(), load.signal)
    load.unsettled = false
  } catch {
    load.unsettled = true // the feed says why
  }
  return !load.unsettled
}
