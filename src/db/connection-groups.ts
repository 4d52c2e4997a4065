import { setTimeout as sleep } from 'node:timers/promises'
import type { Opener } from './connection.ts'
import type { Owner } from './idle-connections.ts'
import type { Line } from './waiting-list.ts'

/** What there is of one key. */
export interface Group extends Owner, Line {
  readonly key: string
  /** So many aren't closed for another key's sake. */
  readonly kept: number
  /** All of its connections, from the beginning of a login until the server has let it go. */
  count: number
  /** How many of them are logging in. */
  opening: number
}

const CLOSE_MS = 2_000

/** All keys that have a connection or somebody waiting for one; others are forgotten. */
export class ConnectionGroups {
  readonly #groups = new Map<string, Group>()
  #total = 0

  /** Connections of all keys. */
  get total(): number {
    return this.#total
  }

  find(key: string): Group | undefined {
    return this.#groups.get(key)
  }

  for({ key, kept }: Opener): Group {
    const known = this.#groups.get(key)
    if (known) return known
    const group: Group = { key, kept, count: 0, opening: 0, idle: [], waiting: [] }
    this.#groups.set(key, group)
    return group
  }

  /** Counts one that is being opened. */
  add(group: Group): void {
    this.#total++
    group.count++
  }

  /** Counts one out that has ended. */
  remove(group: Group): void {
    this.#total--
    group.count--
    this.forget(group)
  }

  /** Waits until no connection is left. What the server doesn't close with us in time ends with the process. */
  async emptied(): Promise<void> {
    for (const until = performance.now() + CLOSE_MS; this.#total > 0 && performance.now() < until; ) await sleep(10)
  }

  /** Unless there is something left of it. */
  forget(group: Group): void {
    const gone = group.count === 0 && group.waiting.length === 0
    if (gone && this.#groups.get(group.key) === group) this.#groups.delete(group.key)
  }
}
