import type DataLoader from 'dataloader'
import type { Database, Row, Statement, Tables } from '../db/index.ts'
import type { Viewer } from '../identity/index.ts'

/** What loading needs to know of a request. One for each request, and one for each payload of a subscription. */
export interface LoadContext {
  readonly viewer: Viewer
  /** Aborts when the client leaves or the request's time is up. */
  readonly signal: AbortSignal
  readonly db: Database
  /** The tables as this viewer may see them, as they were when this request read last. */
  readonly tables: () => Tables
  /** Reads for this viewer, as long as this request lasts. @throws AppError as `Database.read` does. */
  readonly read: (build: (tables: Tables) => Statement) => Promise<Row[]>
  /** The request's batches, one for each loader. */
  readonly batches: WeakMap<object, DataLoader<never, unknown, string>>
}

/** A context with nothing loaded yet. */
export function createLoadContext(viewer: Viewer, signal: AbortSignal, db: Database): LoadContext {
  let seen: Tables | undefined
  const read: LoadContext['read'] = (build) =>
    db.read({
      viewer,
      signal,
      build(tables) {
        seen = tables
        return build(tables)
      },
    })
  return { viewer, signal, db, tables: () => seen ?? db.tables(), read, batches: new WeakMap() }
}
