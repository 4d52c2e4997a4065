import { LRUCache } from 'lru-cache'

/** How far the feed of changes had come. Noted before a read begins, it says what the read has seen at least. */
export interface Moment {
  /** Another one after everything has been forgotten. */
  readonly generation: number
  /** How many transactions had finished; of the same generation, the larger one is the later. */
  readonly position: number
}

/** More changed tags than this aren't remembered; some 20 MB. */
const MAX_TAGS = 100_000

/**
 * What has changed when: the one state that decides whether something in memory still holds. Nothing in it waits, so what
 * happens to it happens at once. `docs/coherence.md` has the rule and its reasons.
 */
export class Coherence {
  #moment: Moment = { generation: 0, position: 0 }
  #floor = 0
  #changes = 0
  readonly #changedAt: LRUCache<string, number>

  constructor(maxTags = MAX_TAGS) {
    this.#changedAt = new LRUCache<string, number>({
      max: maxTags,
      // What is no longer known to have changed then may have: whatever is older isn't served any more.
      dispose: (position, _tag, reason) => {
        if (reason === 'evict') this.#floor = Math.max(this.#floor, position)
      },
    })
  }

  get moment(): Moment {
    return this.#moment
  }

  /** Another number after every change of anything: while it is the same, what held holds. */
  get changes(): number {
    return this.#changes
  }

  /** Whether nothing with one of these tags has changed since. */
  holds({ generation, position }: Moment, tags: Iterable<string>): boolean {
    if (generation !== this.#moment.generation || position < this.#floor) return false
    for (const tag of tags) if ((this.#changedAt.peek(tag) ?? 0) > position) return false
    return true
  }

  /** The feed has come to `position`, and these are what has changed on the way. */
  advance(position: number, changed: Iterable<string>): void {
    let any = false
    for (const tag of changed) {
      any = true
      this.#changedAt.set(tag, position)
    }
    if (any) this.#changes++
    this.#moment = { generation: this.#moment.generation, position }
  }

  /** From now on nothing holds that was read before. */
  forgetAll(position: number): void {
    this.#changedAt.clear()
    this.#floor = 0
    this.#changes++
    this.#moment = { generation: this.#moment.generation + 1, position }
  }
}
