import type { Coherence } from './coherence.ts'

/** The feed of changes, as far as serving from memory depends on it. */
export interface Freshness {
  readonly coherence: Coherence
  /** Whether the feed has been confirmed lately enough for anything to be served; computed now, not by a timer. */
  isLive(): boolean
  /** Whether a poll has been answered that was sent after this moment of `performance.now()`. */
  hasPolledSince(moment: number): boolean
  /** Whether somebody has been seen writing to a table that says only later what has changed. */
  isHeld(tags: Iterable<string>): boolean
  /** Says that somebody reads, and waits for a feed that has been asleep, but not for long. Never rejects. */
  wake(): Promise<void>
  /** Somebody was answered whom a poll should have come before: nothing is served until one has that begins now. */
  distrust(): void
  /** Waits for a poll that begins after this call. @throws if there is none in time: then the feed isn't live, either */
  catchUp(): Promise<void>
}
