import { LRUCache } from 'lru-cache'
import type { CacheSize } from './lookup.ts'

/** Something that is kept, with what it counts for. */
export interface Held {
  readonly bytes: number
  /** What it is counted under: one of a few names. */
  readonly group: string
}

export interface ScopedLruOptions {
  /** All together, in bytes. */
  readonly bytes: number
  /** Of one scope, in bytes. */
  readonly bytesOf: (scope: string) => number
  /** The longest that anything is kept, in ms, on a monotonic clock: a backstop, not what keeps it right. */
  readonly lifeMs: (scope: string) => number
  /** Something had to go for want of room. */
  readonly onEvicted?: () => void
  /** It is no longer kept, for whatever reason. */
  readonly onGone?: (scope: string, key: string) => void
}

/** Of one scope's own table, beside its name. */
const SCOPE_BYTES = 2_000

/**
 * What is kept, bounded by bytes: of each scope the least recently used goes first, and of all scopes that of the least recently
 * used one. So one viewer can drive out only so much of what others have, which one of lru-cache's can't.
 */
export class ScopedLru<Value extends Held> {
  /** Least recently used first. */
  readonly #scopes = new Map<string, LRUCache<string, Value>>()
  readonly #options: ScopedLruOptions
  readonly #groups = new Map<string, { bytes: number; entries: number }>()
  /** What was used last, which needn't be put in its place again. */
  #last: string | undefined
  #bytes = 0

  constructor(options: ScopedLruOptions) {
    this.#options = options
  }

  get size(): CacheSize {
    let entries = 0
    for (const group of this.#groups.values()) entries += group.entries
    return { bytes: this.#bytes, entries, scopes: this.#scopes.size, groups: this.#groups }
  }

  get(scope: string, key: string): Value | undefined {
    const entries = this.#scopes.get(scope)
    const value = entries?.get(key)
    if (entries && value) this.#use(scope, entries)
    return value
  }

  /** @returns whether there was room for it */
  set(scope: string, key: string, value: Value): boolean {
    let entries = this.#scopes.get(scope)
    if (!entries) {
      entries = this.#createScope(scope)
      this.#bytes += SCOPE_BYTES + scope.length
    }
    this.#use(scope, entries)
    entries.set(key, value)
    while (this.#bytes > this.#options.bytes) this.#evictOne()
    return entries.has(key)
  }

  /** Another value for what is kept there, for as long as that would have been. */
  replace(scope: string, key: string, value: Value): void {
    this.#scopes.get(scope)?.set(key, value, { noUpdateTTL: true })
    while (this.#bytes > this.#options.bytes) this.#evictOne()
  }

  delete(scope: string, key: string): boolean {
    return this.#scopes.get(scope)?.delete(key) ?? false
  }

  clear(): void {
    for (const entries of this.#scopes.values()) entries.clear()
    this.#scopes.clear()
    this.#last = undefined
    this.#bytes = 0
  }

  /** Last in the order of a Map is what was set last. */
  #use(scope: string, entries: LRUCache<string, Value>): void {
    if (scope === this.#last) return
    this.#scopes.delete(scope)
    this.#scopes.set(scope, entries)
    this.#last = scope
  }

  #createScope(scope: string): LRUCache<string, Value> {
    const { bytesOf, lifeMs, onEvicted, onGone } = this.#options
    const ttl = lifeMs(scope)
    return new LRUCache<string, Value>({
      maxSize: bytesOf(scope),
      sizeCalculation: ({ bytes }) => bytes,
      ttl,
      // By itself, lru-cache sets a timer for each millisecond in which it is asked.
      ttlResolution: Math.floor(ttl / 1_000),
      onInsert: (held) => this.#count(held, 1),
      dispose: (held, key, reason) => {
        this.#count(held, -1)
        if (reason === 'evict') onEvicted?.()
        if (reason !== 'set') onGone?.(scope, key)
      },
    })
  }

  #count({ group: name, bytes }: Value, times: 1 | -1): void {
    const group = this.#groups.get(name) ?? { bytes: 0, entries: 0 }
    group.bytes += times * bytes
    group.entries += times
    this.#groups.set(name, group)
    this.#bytes += times * bytes
  }

  #evictOne(): void {
    const [oldest] = this.#scopes
    if (!oldest) return
    const [scope, entries] = oldest
    entries.pop()
    if (entries.size > 0) return
    this.#scopes.delete(scope)
    if (this.#last === scope) this.#last = undefined
    this.#bytes -= SCOPE_BYTES + scope.length
  }
}
