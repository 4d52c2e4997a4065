import { tagsOfTable } from '../cache/index.ts'
import type { Poll } from '../db/index.ts'

/** Synced tables to which somebody has lately been seen writing: what has changed in them is only said later. */
export class HeldTables {
  readonly #forMs: number
  readonly #until = new Map<string, number>()

  constructor(forMs: number) {
    this.#forMs = forMs
  }

  note({ synced }: Poll): void {
    const now = performance.now()
    for (const { table, writing } of synced) {
      for (const tag of tagsOfTable(table)) {
        if (writing) this.#until.set(tag, now + this.#forMs)
        else if ((this.#until.get(tag) ?? now) < now) this.#until.delete(tag)
      }
    }
  }

  /** Whether one of the tags is of such a table. */
  has(tags: Iterable<string>): boolean {
    if (this.#until.size === 0) return false
    const now = performance.now()
    for (const tag of tags) if ((this.#until.get(tag) ?? 0) > now) return true
    return false
  }
}
