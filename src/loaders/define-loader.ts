import DataLoader from 'dataloader'
import type { Audience, Row, Statement, Tables } from '../db/index.ts'
import type { LoadContext } from './load-context.ts'

export interface LoaderDefinition<Key, Value> {
  /** `trips.byId`, for messages. */
  readonly name: string
  /** There is no default that could be forgotten. */
  readonly audience: Audience
  /** What tells two keys apart; keys with the same text are loaded once. */
  readonly idOf: (key: Key) => string
  /** Keys that give the same text can be loaded by one statement; without this, all can. */
  readonly groupOf?: (key: Key) => string
  /** Loads all keys of one level of a query, and one group, at once. What is missing from the answer doesn't exist. */
  readonly fetch: (reader: Reader, keys: Keys<Key>) => Promise<(key: Key) => Value | undefined>
}

/** Reads for the viewer of a request and the audience of a loader. */
interface Reader {
  read(build: (tables: Tables) => Statement): Promise<Row[]>
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

/** A way to load something by key, batched: all loads of one level of a query become one call of `fetch`. */
export function defineLoader<Key, Value>(definition: LoaderDefinition<Key, Value>): Loader<Key, Value> {
  const { name, audience, idOf, groupOf = () => '', fetch } = definition
  // The batches of a request live in its context: nothing is shared between requests.
  const batchOf = (context: LoadContext): DataLoader<Key, Value | null, string> => {
    const known = context.batches.get(definition)
    // What is stored under a definition was made by this function, so it has its types.
    if (known) return known as unknown as DataLoader<Key, Value | null, string>
    const reader: Reader = { read: (build) => context.read(audience, build) }
    const batch = new DataLoader<Key, Value | null, string>(
      async (keys) => {
        const groups = Map.groupBy(keys, groupOf)
        const found = await Promise.all(
          // No group is empty.
          [...groups].map(async ([group, of]) => [group, await fetch(reader, of as [Key, ...Key[]])] as const),
        )
        const finders = new Map(found)
        return keys.map((key) => finders.get(groupOf(key))?.(key) ?? null)
      },
      { name, cacheKeyFn: idOf, maxBatchSize: MAX_BATCH },
    )
    context.batches.set(definition, batch as unknown as DataLoader<never, unknown, string>)
    return batch
  }
  return { name, audience, load: (context, key) => batchOf(context).load(key) }
}
