import type DataLoader from 'dataloader'
import type { Audience, Database, Row, Statement, Tables } from '../db/index.ts'
import type { Viewer } from '../identity/index.ts'

/** What loading needs to know of a request. One for each request, and one for each payload of a subscription. */
export interface LoadContext {
  readonly viewer: Viewer
  /** Aborts when the client leaves or the request's time is up. */
  readonly signal: AbortSignal
  readonly db: Database
  /** The tables as this viewer may see them, as they were when this request last read for that audience. */
  readonly tables: (audience: Audience) => Tables
  /** Reads for this viewer, as long as this request lasts. @throws AppError as `Database.read` does. */
  readonly read: (audience: Audience, build: (tables: Tables) => Statement) => Promise<Row[]>
  /** The request's batches, one for each loader. */
  readonly batches: WeakMap<object, DataLoader<never, unknown, string>>
  /** Forgets what this request has loaded: it has just changed something. */
  forget(): void
}

/** A context with nothing loaded yet. */
export function createLoadContext(viewer: Viewer, signal: AbortSignal, db: Database): LoadContext {
  const seen: Partial<Record<Audience, Tables>> = {}
  const read: LoadContext['read'] = (audience, build) =>
    db.read({
      viewer,
      audience,
      signal,
      build(tables) {
        seen[audience] = tables
        return build(tables)
      },
    })
  let batches: LoadContext['batches'] = new WeakMap()
  return {
    viewer,
    signal,
    db,
    tables: (audience) => seen[audience] ?? db.tables(),
    read,
    get batches() {
      return batches
    },
    forget() {
      batches = new WeakMap()
    },
  }
}
