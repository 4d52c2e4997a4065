import type DataLoader from 'dataloader'
import type { Freshness } from '../cache/index.ts'
import type { Audience, Database, Row, SnapshotReader, Statement, Tables } from '../db/index.ts'
import type { Viewer } from '../identity/index.ts'
import { Answer } from './answer.ts'
import { type CachedRead, CachedReader, type ReaderParts, type Reading } from './cached-reader.ts'
import { type Keeping, Sight } from './keeping.ts'
import { buildFrom, type Narrow, noteTables, tagsOf } from './made-from.ts'
import type { CacheReport } from './report.ts'
import type { Tally } from './tally.ts'

/** What loading needs to know of a request. One for each request, and one for each payload of a subscription. */
export interface LoadContext {
  /** Who asks. Whoever looks makes the whole answer this viewer's own. */
  readonly viewer: Viewer
  /** Aborts when the client leaves or the request's time is up. */
  readonly signal: AbortSignal
  readonly db: Database
  /** The tables as this viewer may see them, as they were when this request last read for that audience. */
  readonly tables: (audience: Audience) => Tables
  /**
   * Reads for this viewer past the cache, as long as this request lasts: for rows that may not stay in memory.
   * @throws AppError as `Database.read` does.
   */
  readonly read: (audience: Audience, build: (tables: Tables) => Statement) => Promise<readonly Row[]>
  /** Reads a list or sums, from memory if they hold. `narrow`: what they depend on, if that is less than all rows. */
  readonly list: (audience: Audience, build: (tables: Tables) => Statement, narrow?: Narrow) => Promise<readonly Row[]>
  /** Reads by key, from memory what holds. */
  readonly cached: <Key, Value>(read: CachedRead<Key, Value>) => Promise<readonly Value[]>
  /** The request's batches, one for each loader. */
  readonly batches: WeakMap<object, DataLoader<never, unknown, string>>
  /** Forgets what this request has loaded: it has just changed something. */
  forget(): void
  /** What the answer has been made from, since `begin`. */
  readonly answer: Answer
  /** Why nothing may come from memory, nor be kept; undefined as a rule. */
  readonly pastCache: string | undefined
  /** What operators may know of what is kept in memory. */
  readonly report: () => CacheReport
  /** The answer has been made without a poll after it: it can't be said how far it is current. */
  unsettled: boolean
  /** How the whole answer may be kept; undefined if it may not. */
  keeping(): Keeping | undefined
  /** Begins an answer, with nothing loaded yet. */
  begin(): void
  /** From now on nothing comes from memory, nor is kept. */
  passCache(why: string): void
  /** Begins an answer all of which `run` reads from one snapshot of Postgres, and nothing from memory. */
  inOneSnapshot<T>(run: () => Promise<T>): Promise<T>
}

/** Makes the contexts of requests, which share a cache. */
export interface Loading {
  readonly freshness: Freshness
  readonly tally: Tally
  /** A context with nothing loaded yet. */
  context(viewer: Viewer, signal: AbortSignal): LoadContext
}

export interface LoadingParts extends ReaderParts {
  /** What operators may know of what is kept. */
  readonly report: () => CacheReport
}

export function createLoading(parts: LoadingParts): Loading {
  const { db, freshness, tally, report } = parts
  const reader = new CachedReader(parts)
  return {
    freshness,
    tally,
    context: (viewer, signal) =>
      new RequestContext({ db, reader, viewer, signal, coherence: freshness.coherence, report }),
  }
}

interface Parts extends Pick<LoadContext, 'viewer' | 'signal' | 'db'>, Pick<Freshness, 'coherence'> {
  readonly reader: CachedReader
  readonly report: () => CacheReport
}

class RequestContext implements LoadContext {
  readonly signal: AbortSignal
  readonly db: Database
  readonly report: () => CacheReport
  readonly #parts: Parts
  readonly #sight: Sight
  answer: Answer
  batches: LoadContext['batches'] = new WeakMap()
  pastCache: string | undefined
  unsettled = false
  #snapshot: SnapshotReader | undefined

  constructor(parts: Parts) {
    this.signal = parts.signal
    this.db = parts.db
    this.#parts = parts
    this.#sight = new Sight(parts.viewer)
    this.report = parts.report
    this.answer = this.#begun()
  }

  get viewer(): Viewer {
    return this.#sight.viewer
  }

  tables = (audience: Audience): Tables => this.#sight.tables[audience] ?? this.db.tables()

  read: LoadContext['read'] = async (audience, build) => {
    const { answer } = this
    const rows = await this.#sender()(
      audience,
      (tables) => {
        this.#sight.note(audience, tables)
        const built = buildFrom(tables, build)
        for (const tag of tagsOf(built)) answer.tags.add(tag)
        noteTables(answer, built)
        answer.unfit.add('may not stay in memory')
        return built.statement
      },
      this.signal,
    )
    answer.add('fetched', 1)
    return rows
  }

  /** As it is now: who has begun to read before a snapshot was taken doesn't read from that. */
  #sender(): Reading['send'] {
    const { viewer, db } = this.#parts
    const snapshot = this.#snapshot
    return (audience, build, signal) => snapshot?.read(audience, build) ?? db.read({ viewer, audience, signal, build })
  }

  list: LoadContext['list'] = async (audience, build, narrow) => {
    const [rows = []] = await this.cached<undefined, readonly Row[]>({
      audience,
      keys: [undefined],
      keyOf: (_key, { values }) => JSON.stringify(values),
      narrow: () => narrow,
      build,
      pick: (found) => () => Object.freeze(found),
    })
    return rows
  }

  cached: LoadContext['cached'] = (read) => {
    const { signal, answer, pastCache } = this
    const { viewer, reader } = this.#parts
    const seen = (audience: Audience, tables: Tables): void => this.#sight.note(audience, tables)
    return reader.read({ viewer, signal, answer, pastCache, seen, send: this.#sender() }, read)
  }

  keeping(): Keeping | undefined {
    return this.pastCache === undefined && !this.unsettled ? this.#sight.keeping(this.answer) : undefined
  }

  forget(): void {
    this.batches = new WeakMap()
  }

  begin(): void {
    this.answer = this.#begun()
    this.forget()
  }

  passCache(why: string): void {
    this.pastCache = why
  }

  inOneSnapshot<T>(run: () => Promise<T>): Promise<T> {
    const { viewer, signal } = this.#parts
    return this.db.inOneSnapshot({ viewer, signal }, async (reader) => {
      this.passCache('it is read from one snapshot')
      this.#snapshot = reader
      this.begin()
      return run()
    })
  }

  #begun(): Answer {
    const { moment, changes } = this.#parts.coherence
    return new Answer(moment, changes)
  }
}
