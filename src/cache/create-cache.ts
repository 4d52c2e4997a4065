import type { Cache, CacheOptions } from './lookup.ts'
import { ReadThrough } from './read-through.ts'

export function createCache(options: CacheOptions): Cache {
  return options.bytes > 0 ? new ReadThrough(options) : PAST
}

/** Reads everything from Postgres. */
const PAST: Cache = {
  async read({ wanted, signal, fetch, heard, unkept }) {
    unkept('the cache is off')
    const places = wanted.map((_each, place) => place)
    const { values } = await fetch(places, signal)
    heard('fetched', places.length, 1)
    return values
  },
  size: () => ({ bytes: 0, entries: 0, scopes: 0, groups: new Map() }),
  clear: () => undefined,
}
