import type { CacheEvent, Source } from '../cache/index.ts'

/** Counts since the start. Its names are few: sources, events, tables. */
export class Tally {
  /** Values by where they came from, by table. */
  readonly sources = new Map<string, Record<Source, number>>()
  /** What became of values that were read. */
  readonly events: Record<CacheEvent, number> = { stored: 0, tooLarge: 0, overtaken: 0, unfit: 0, evicted: 0 }
  /** Answers that were made again, and those read from one snapshot at last: a change had fallen into them. */
  readonly again = { rerun: 0, snapshot: 0 }
  /** How often everything was forgotten, by cause. */
  readonly forgets = new Map<string, number>()

  note(table: string, source: Source, count: number): void {
    const known = this.sources.get(table) ?? { hit: 0, joined: 0, fetched: 0 }
    known[source] += count
    this.sources.set(table, known)
  }

  forgot(cause: string): void {
    this.forgets.set(cause, (this.forgets.get(cause) ?? 0) + 1)
  }
}
