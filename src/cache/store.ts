import type { KeyvStoreAdapter, StoredData } from 'keyv'
import { LRUCache } from 'lru-cache'
import { EVERYONE } from '../identity/index.ts'
import type { Moment } from './coherence.ts'
import type { CacheSize } from './lookup.ts'

/** What is kept: a frozen value, and what says whether it still holds. */
export interface Entry {
  readonly value: unknown
  readonly group: string
  readonly bytes: number
  /** Noted before the read that made it began. */
  readonly moment: Moment
  readonly tags: readonly string[]
  /** `performance.now()` when that read had ended. */
  readonly readAt: number
  /** `Coherence.changes` when its tags were last looked at, and held. */
  checked: number
}

/** Keyv wraps what it stores. */
type Stored = StoredData<Entry>

interface Held {
  readonly stored: Stored
  readonly bytes: number
}

export interface StoreOptions {
  /** All together, in bytes. */
  readonly bytes: number
  /** Of one viewer, in bytes. */
  readonly bytesPerScope: number
  /** The longest that anything is kept, in ms, on a monotonic clock: a backstop, not what keeps it right. */
  readonly lifeMs: number
  readonly onEvicted: () => void
}

/** Of one scope's own table. */
const SCOPE_BYTES = 2_000
/** Between a scope and the rest of a key. */
export const AFTER_SCOPE = '\0'

/**
 * Keyv's store, bounded by bytes: of each scope the least recently used entries go first, and of all scopes those of the least
 * recently used one. So one viewer can drive out only so much of what others have. The adapter is our own since Keyv hands
 * lru-cache its time to live in a way that lru-cache no longer takes, and since one of lru-cache's knows no shares.
 */
export class LruStore implements KeyvStoreAdapter {
  readonly opts = { url: 'lru' }
  namespace: string | undefined
  /** Least recently used first. */
  readonly #scopes = new Map<string, LRUCache<string, Held>>()
  readonly #options: StoreOptions
  readonly #groups = new Map<string, { bytes: number; entries: number }>()
  #bytes = 0

  constructor(options: StoreOptions) {
    this.#options = options
  }

  get size(): CacheSize {
    let entries = 0
    for (const group of this.#groups.values()) entries += group.entries
    return { bytes: this.#bytes, entries, scopes: this.#scopes.size, groups: this.#groups }
  }

  on(): this {
    return this // it has no events
  }

  get = async <Value>(key: string): Promise<StoredData<Value> | undefined> => this.#get(key) as StoredData<Value>

  getMany = async <Value>(keys: string[]): Promise<StoredData<Value | undefined>[]> =>
    keys.map((key) => this.#get(key) as StoredData<Value>)

  set = async (key: string, stored: Stored): Promise<boolean> => {
    const scope = scopeOf(key)
    const bytes = entryOf(stored)?.bytes ?? 0
    this.#use(scope).set(key, { stored, bytes })
    while (this.#bytes > this.#options.bytes) this.#evictOne()
    return this.#scopes.get(scope)?.has(key) ?? false
  }

  delete = async (key: string): Promise<boolean> => this.#scopes.get(scopeOf(key))?.delete(key) ?? false

  clear = async (): Promise<void> => {
    for (const entries of this.#scopes.values()) entries.clear()
    this.#scopes.clear()
    this.#bytes = 0
  }

  #get(key: string): Stored | undefined {
    const scope = scopeOf(key)
    const entries = this.#scopes.get(scope)
    if (!entries) return undefined
    // Last in the order of a Map is what was set last.
    this.#scopes.delete(scope)
    this.#scopes.set(scope, entries)
    return entries.get(key)?.stored
  }

  #use(scope: string) {
    const known = this.#scopes.get(scope)
    if (known) this.#scopes.delete(scope)
    else this.#bytes += SCOPE_BYTES
    const entries = known ?? this.#createScope(scope)
    this.#scopes.set(scope, entries)
    return entries
  }

  #createScope(scope: string) {
    const { bytes, bytesPerScope, lifeMs, onEvicted } = this.#options
    return new LRUCache<string, Held>({
      maxSize: scope === EVERYONE ? bytes : bytesPerScope,
      sizeCalculation: ({ bytes: size }) => size,
      ttl: lifeMs,
      onInsert: (held) => this.#count(held, 1),
      dispose: (held, _key, reason) => {
        this.#count(held, -1)
        if (reason === 'evict') onEvicted()
      },
    })
  }

  #count({ stored, bytes }: Held, times: 1 | -1): void {
    const name = entryOf(stored)?.group ?? ''
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
    this.#bytes -= SCOPE_BYTES
  }
}

const scopeOf = (key: string): string => key.slice(0, key.indexOf(AFTER_SCOPE))

function entryOf(stored: Stored): Entry | undefined {
  return typeof stored === 'object' ? (stored as { readonly value?: Entry }).value : undefined
}
