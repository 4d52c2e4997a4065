import type { Coherence } from '../cache/index.ts'
import type { Database } from '../db/index.ts'
import type { Observe } from '../kernel/observe.ts'
import type { ForgetCause } from './follower.ts'

export interface FeedSettings {
  /** From when a poll was sent that has worked, so long something may be served, in ms. */
  readonly liveMs: number
  /** The longest time between two polls, in ms. */
  readonly pollMs: number
  /** When nobody has read for so long, the connection is closed, in ms. */
  readonly idleMs: number
  /** After somebody was seen writing to a synced table, so long it isn't served, in ms: what has changed is said late. */
  readonly heldMs: number
}

export interface FeedOptions {
  readonly db: Pick<Database, 'openChanges' | 'prove'>
  readonly coherence: Coherence
  readonly settings: FeedSettings
  readonly observe: Observe
  /** Everything was forgotten. */
  readonly onForget: (cause: ForgetCause) => void
}
