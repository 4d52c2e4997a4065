import type { KeyvStoreAdapter, StoredData } from 'keyv'
import type { Moment } from './coherence.ts'
import type { CacheSize } from './lookup.ts'
import { type Held, ScopedLru, type ScopedLruOptions } from './scoped-lru.ts'

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

interface HeldStored extends Held {
  readonly stored: Stored
}

/** Between a scope and the rest of a key. */
export const AFTER_SCOPE = '\0'

/**
 * Keyv's store. The adapter is our own since Keyv hands lru-cache its time to live in a way that lru-cache no longer takes, and
 * since one of lru-cache's knows no shares.
 */
export class LruStore implements KeyvStoreAdapter {
  readonly opts = { url: 'lru' }
  namespace: string | undefined
  readonly #held: ScopedLru<HeldStored>

  constructor(options: ScopedLruOptions) {
    this.#held = new ScopedLru(options)
  }

  get size(): CacheSize {
    return this.#held.size
  }

  on(): this {
    return this // it has no events
  }

  get = async <Value>(key: string): Promise<StoredData<Value> | undefined> => this.#get(key) as StoredData<Value>

  getMany = async <Value>(keys: string[]): Promise<StoredData<Value | undefined>[]> =>
    keys.map((key) => this.#get(key) as StoredData<Value>)

  set = async (key: string, stored: Stored): Promise<boolean> => {
    const { bytes = 0, group = '' } = entryOf(stored) ?? {}
    return this.#held.set(...split(key), { stored, bytes, group })
  }

  delete = async (key: string): Promise<boolean> => this.#held.delete(...split(key))

  clear = async (): Promise<void> => this.#held.clear()

  #get(key: string): Stored | undefined {
    return this.#held.get(...split(key))?.stored
  }
}

function split(key: string): [scope: string, rest: string] {
  const at = key.indexOf(AFTER_SCOPE)
  return [key.slice(0, at), key.slice(at + 1)]
}

function entryOf(stored: Stored): Entry | undefined {
  return typeof stored === 'object' ? (stored as { readonly value?: Entry }).value : undefined
}
