import type { CacheScope } from '../identity/index.ts'
import type { Freshness } from './freshness.ts'

/** Something to read: what tells it apart within its scope, and what it is made from. */
export interface Wanted {
  readonly key: string
  readonly tags: readonly string[]
}

/** What was read, in the order in which it was wanted. Frozen by who has read it. */
export interface Fetched {
  readonly values: readonly unknown[]
  /** Why it may not be kept: it isn't what was asked for to the letter. */
  readonly unfit?: string | undefined
}

/** `hit`: from memory. `joined`: read for another request at the same time. `fetched`: read for this one. */
export type Source = 'hit' | 'joined' | 'fetched'

export interface Lookup {
  readonly scope: CacheScope
  /** What it is counted under: one of a few names. */
  readonly group: string
  /** That of the moment before it was looked up what each is made from: what is read in a later one may be made from more. */
  readonly generation: number
  /** No key twice. */
  readonly wanted: readonly Wanted[]
  /** Of who asks: who leaves doesn't take the read from others. */
  readonly signal: AbortSignal
  /** Reads some of what is wanted, by their places in it. */
  readonly fetch: (places: readonly number[], signal: AbortSignal) => Promise<Fetched>
  /** Hears where values came from, and in how many pieces: what comes in one is of one moment. */
  readonly heard: (source: Source, count: number, pieces: number) => void
  /** Hears why something that was read for it isn't kept. */
  readonly unkept: (why: string) => void
}

/** What is kept in memory in front of Postgres. */
export interface Cache {
  /** Values in the order of `wanted`. @throws what `fetch` does; the signal's reason */
  read(lookup: Lookup): Promise<readonly unknown[]>
  /** Everything that is kept. */
  size(): CacheSize
  /** Gives the memory back, of what isn't served any more. */
  clear(): void
}

export interface Size {
  readonly bytes: number
  readonly entries: number
}

export interface CacheSize extends Size {
  /** Viewers, and everyone. */
  readonly scopes: number
  readonly groups: ReadonlyMap<string, Size>
}

/** What becomes of a value that was read, and of those that were kept. */
export type CacheEvent = 'stored' | 'tooLarge' | 'overtaken' | 'unfit' | 'evicted'

export interface CacheOptions {
  /** The budget; 0: nothing is kept, and nobody's read is another's. */
  readonly bytes: number
  readonly freshness: Freshness
  readonly heard: (event: CacheEvent) => void
}
