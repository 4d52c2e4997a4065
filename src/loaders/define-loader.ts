import DataLoader from 'dataloader'
import type { Audience, Row, Statement, Tables } from '../db/index.ts'
import type { LoadContext } from './load-context.ts'
import type { Narrow } from './made-from.ts'

export interface LoaderDefinition<Key, Value> {
  /** `trips.byId`, for messages. */
  readonly name: string
  /** There is no default that could be forgotten. */
  readonly audience: Audience
  /** What tells two keys apart; keys with the same text are loaded once. */
  readonly idOf: (key: Key) => string
  /** Keys that give the same text can be loaded by one statement; without this, all can. */
  readonly groupOf?: (key: Key) => string
  /** What a key's value depends on, where that is less than all of the tables that are read. */
  readonly narrow?: (key: Key) => Narrow
  /**
   * Loads some keys of one level of a query, and one group: those that memory doesn't have. `all` are all keys of that level
   * and group: what is read of each must not depend on which of them are missing.
   */
  readonly statement: (tables: Tables, keys: Keys<Key>, all: Keys<Key>) => Statement
  /** What the rows mean for each key. What is missing from the answer doesn't exist. */
  readonly pick: (rows: readonly Row[], all: Keys<Key>) => (key: Key) => Value | undefined
}

/** At least one key. */
export type Keys<Key> = readonly [Key, ...Key[]]

export interface Loader<Key, Value> {
  readonly name: string
  readonly audience: Audience
  /** Resolves to null if there is no such thing, or none that the viewer may see. */
  load(context: LoadContext, key: Key): Promise<Value | null>
}

/** More keys than this in one level go in several statements. */
const MAX_BATCH = 1_000

/** A way to load something by key, batched: all loads of one level of a query become one statement, or none. */
export function defineLoader<Key, Value>(definition: LoaderDefinition<Key, Value>): Loader<Key, Value> {
  const { name, audience, idOf, groupOf = () => '' } = definition
  // The batches of a request live in its context: nothing is shared between requests but by the cache.
  const batchOf = (context: LoadContext): DataLoader<Key, Value | null, string> => {
    const known = context.batches.get(definition)
    // What is stored under a definition was made by this function, so it has its types.
    if (known) return known as unknown as DataLoader<Key, Value | null, string>
    const batch = new DataLoader<Key, Value | null, string>(
      async (keys) => {
        const groups = [...Map.groupBy(keys, groupOf).values()]
        // No group is empty.
        const found = await Promise.all(groups.map((group) => loadGroup(definition, context, group as [Key, ...Key[]])))
        const values = new Map(groups.flatMap((group, index) => group.map((key, at) => [key, found[index]?.[at]])))
        return keys.map((key) => values.get(key) ?? null)
      },
      { name, cacheKeyFn: idOf, maxBatchSize: MAX_BATCH },
    )
    context.batches.set(definition, batch as unknown as DataLoader<never, unknown, string>)
    return batch
  }
  return { name, audience, load: (context, key) => batchOf(context).load(key) }
}

function loadGroup<Key, Value>(
  { audience, idOf, narrow, statement, pick }: LoaderDefinition<Key, Value>,
  context: LoadContext,
  all: Keys<Key>,
): Promise<readonly (Value | null)[]> {
  return context.cached({
    audience,
    keys: all,
    keyOf: idOf,
    narrow: (key) => narrow?.(key),
    // Of a group that isn't empty, what is missing isn't either.
    build: (tables, keys) => statement(tables, keys as unknown as Keys<Key>, all),
    pick(rows) {
      const find = pick(rows, all)
      return (key) => Object.freeze(find(key) ?? null)
    },
  })
}
