import type { Moment, Source } from '../cache/index.ts'

/** What an operation's answer has been made from so far, and when. */
export class Answer {
  /** Where the feed was when it began. */
  readonly began: Moment
  /** `Coherence.changes` then. */
  readonly changes: number
  /** Of everything in it. */
  readonly tags = new Set<string>()
  /** How many values came from where. */
  readonly from: Record<Source, number> = { hit: 0, joined: 0, fetched: 0 }
  /** Why something of it wasn't kept. */
  readonly unfit = new Set<string>()
  /** Something of it is made from tables whose changes can't be known. */
  untracked = false
  /** Something of it is from synced tables. */
  synced = false
  #parts = 0

  constructor(began: Moment, changes: number) {
    this.began = began
    this.changes = changes
  }

  /** In how many pieces it was put together: what comes in one piece is of one moment. */
  get parts(): number {
    return this.#parts
  }

  /** Whether any of it has been read from Postgres since it began. */
  get hasRead(): boolean {
    return this.from.fetched + this.from.joined > 0
  }

  add(source: Source, count: number, pieces = 1): void {
    this.from[source] += count
    this.#parts += pieces
  }
}
