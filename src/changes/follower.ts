import { type Coherence, tagsOfChange, tagsOfTable } from '../cache/index.ts'
import type { Poll } from '../db/index.ts'
import { type Position, shortEpoch } from './position.ts'

/** Why everything was forgotten. */
export type ForgetCause = 'start' | 'epoch' | 'restart' | 'pruned' | 'backwards' | 'authorization' | 'proof'

/** What a table's changes have had forgotten lately. */
export interface Heard {
  readonly table: string
  readonly tags: readonly string[]
  /** How long before that it was made, in ms; null where that isn't known. */
  readonly lagMs: number | null
  /** `performance.now()`. */
  readonly at: number
}

const MAX_HEARD = 100

/** Has what the polls say take effect. Nothing in it waits. */
export class Follower {
  readonly #coherence: Coherence
  readonly #onForget: (cause: ForgetCause) => void
  readonly #heard: Heard[] = []
  #last: Poll | undefined

  constructor(coherence: Coherence, onForget: (cause: ForgetCause) => void) {
    this.#coherence = coherence
    this.#onForget = onForget
  }

  get last(): Poll | undefined {
    return this.#last
  }

  get position(): Position | undefined {
    return this.#last && { epoch: shortEpoch(this.#last.epoch), count: this.#last.position }
  }

  /** The latest changes, newest last. */
  get heard(): readonly Heard[] {
    return this.#heard
  }

  /** @returns whether tables have changed; why everything was forgotten, if it was */
  apply(poll: Poll): { readonly changed: boolean; readonly cause: ForgetCause | undefined } {
    const last = this.#last
    const cause = last ? brokenBetween(last, poll) : 'start'
    this.#last = poll
    if (cause !== undefined) {
      this.forgetAll(cause)
      return { changed: true, cause }
    }
    const at = performance.now()
    const changed = [
      ...poll.changes.map((change) => ({ table: change.table, tags: tagsOfChange(change), at, lagMs: change.ageMs })),
      ...resynced(last, poll).map((table) => ({ table, tags: tagsOfTable(table), at, lagMs: null })),
    ]
    this.#coherence.advance(
      poll.position,
      changed.flatMap(({ tags }) => tags),
    )
    this.#heard.push(...changed.slice(-MAX_HEARD))
    this.#heard.splice(0, Math.max(0, this.#heard.length - MAX_HEARD))
    return { changed: changed.length > 0, cause }
  }

  /** Nothing that was read before the last poll is served any more. */
  forgetAll(cause: ForgetCause): void {
    this.#coherence.forgetAll(this.#last?.position ?? 0)
    this.#onForget(cause)
  }
}

/** Why the log can't say all that has happened between two polls. */
function brokenBetween(last: Poll, poll: Poll): ForgetCause | undefined {
  if (poll.epoch !== last.epoch) return 'epoch'
  // Before a restart, which it may be besides: only this has the epoch renewed, so that clients' positions end with it.
  if (poll.position < last.position) return 'backwards'
  // A server that has been started anew may be a copy of an earlier day.
  if (poll.started !== last.started) return 'restart'
  if (poll.complete === false) return 'pruned'
  return poll.authorization === last.authorization ? undefined : 'authorization'
}

/** Synced tables that are no longer what they were. */
function resynced(last: Poll | undefined, poll: Poll): string[] {
  const before = new Map(last?.synced.map(({ table, version }) => [table, version]))
  const differing = poll.synced.filter(({ table, version }) => before.get(table) !== version)
  const gone = last?.synced.filter(({ table }) => poll.synced.every((other) => other.table !== table)) ?? []
  return [...differing, ...gone].map(({ table }) => table)
}
