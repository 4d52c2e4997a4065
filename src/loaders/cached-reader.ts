import { LRUCache } from 'lru-cache'
import type { Cache, Coherence, Freshness, Source, Wanted } from '../cache/index.ts'
import type { Audience, Database, Row, Statement, Tables } from '../db/index.ts'
import { EVERYONE, scopeOf, type Viewer } from '../identity/index.ts'
import type { Answer } from './answer.ts'
import { type Built, buildFrom, type Narrow, noteTables, tagsOf } from './made-from.ts'
import type { Tally } from './tally.ts'

/** Something to read by one statement, for one key or several. */
export interface CachedRead<Key, Value> {
  readonly audience: Audience
  /** None of them twice. */
  readonly keys: readonly Key[]
  /** What tells two keys apart, beside the text of the statement. */
  readonly keyOf: (key: Key, statement: Statement) => string
  /** What a key's value depends on, where that is less than all of the tables that are read. */
  readonly narrow: (key: Key) => Narrow | undefined
  /** The statement for some of the keys. */
  readonly build: (tables: Tables, keys: readonly Key[]) => Statement
  /** What the rows that came mean for each of these keys. Frozen. */
  readonly pick: (rows: readonly Row[]) => (key: Key) => Value
}

/** The operation that reads. */
export interface Reading {
  readonly viewer: Viewer
  readonly signal: AbortSignal
  readonly answer: Answer
  /** Why nothing may come from memory, nor be kept; undefined as a rule. */
  readonly pastCache: string | undefined
  /** Hears of the tables as the viewer may see them. */
  readonly seen: (audience: Audience, tables: Tables) => void
  /** Reads from Postgres. */
  readonly send: (
    audience: Audience,
    build: (tables: Tables) => Statement,
    signal: AbortSignal,
  ) => Promise<readonly Row[]>
}

export interface ReaderParts {
  readonly db: Database
  readonly cache: Cache
  readonly freshness: Freshness
  readonly tally: Tally
}

/** All together, in characters. */
const MAX_TEXTS = 5_000_000

/**
 * Reads from memory what holds, and the rest from Postgres. The statement is built for each request even so: that is what
 * refuses what the viewer may not see, and its text is part of the key, so tables that have changed are other keys.
 */
export class CachedReader {
  readonly #db: Database
  readonly #cache: Cache
  readonly #coherence: Coherence
  readonly #tally: Tally
  /** Numbers for texts of statements. One that is dropped never means another text. */
  readonly #numbers = new LRUCache<string, number>({
    maxSize: MAX_TEXTS,
    sizeCalculation: (_number, text) => text.length + 100,
  })
  #lastNumber = 0

  constructor({ db, cache, freshness, tally }: ReaderParts) {
    this.#db = db
    this.#cache = cache
    this.#coherence = freshness.coherence
    this.#tally = tally
  }

  async read<Key, Value>(reading: Reading, read: CachedRead<Key, Value>): Promise<readonly Value[]> {
    const { viewer, signal, answer, pastCache, seen } = reading
    const { audience, keys } = read
    const { generation } = this.#coherence.moment
    const known = this.#db.tablesFor({ viewer, audience, signal })
    const tables = known instanceof Promise ? await known : known
    seen(audience, tables)
    const built = buildFrom(tables, (given) => read.build(given, keys))
    const wanted = this.#toWanted(read, built)
    for (const { tags } of wanted) for (const tag of tags) answer.tags.add(tag)
    const [group = 'none'] = [...built.read].map(({ key }) => key)
    const heard = (source: Source, count: number, pieces = 1): void => {
      answer.add(source, count, pieces)
      this.#tally.note(group, source, count)
    }
    const unkept = (why: string): void => void answer.unfit.add(why)
    const unfit = noteTables(answer, built) ?? pastCache
    if (unfit !== undefined) {
      unkept(unfit)
      const { values } = await this.#fetch(reading, read, { text: built.statement.text, keys, signal })
      heard('fetched', keys.length)
      return values
    }
    const values = await this.#cache.read({
      scope: audience === 'everyone' ? EVERYONE : scopeOf(viewer),
      group,
      generation,
      wanted,
      signal,
      // A place in `wanted` is one in `keys`.
      fetch: (places, longer) => {
        const missing = places.map((place) => keys[place] as Key)
        return this.#fetch(reading, read, { text: built.statement.text, keys: missing, signal: longer })
      },
      heard,
      unkept,
    })
    // What is kept under these keys was made by `pick`.
    return values as readonly Value[]
  }

  #toWanted<Key>({ keys, keyOf, narrow }: CachedRead<Key, unknown>, built: Built): Wanted[] {
    const { statement } = built
    const number = this.#numberOf(statement.text)
    const tagsOfAll = tagsOf(built)
    return keys.map((key) => {
      const less = narrow(key)
      return { key: `${number} ${keyOf(key, statement)}`, tags: less ? tagsOf(built, less) : tagsOfAll }
    })
  }

  #numberOf(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    this.#numbers.set(text, ++this.#lastNumber)
    return this.#lastNumber
  }

  async #fetch<Key, Value>(
    { send }: Reading,
    { audience, keys: all, build, pick }: CachedRead<Key, Value>,
    { text, keys, signal }: { readonly text: string; readonly keys: readonly Key[]; readonly signal: AbortSignal },
  ) {
    let same = false
    const buildMissing = (tables: Tables): Statement => {
      const statement = build(tables, keys)
      const whole = keys.length === all.length ? statement : build(tables, all)
      same = whole.text === text
      return statement
    }
    const rows = await send(audience, buildMissing, signal)
    for (const row of rows) Object.freeze(row)
    const values = keys.map(pick(rows))
    return same ? { values } : { values, unfit: 'tables or rights have changed since it was asked for' }
  }
}
