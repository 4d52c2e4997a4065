import type DataLoader from 'dataloader'
import type { Database } from '../db/index.ts'
import type { Viewer } from '../identity/index.ts'

/** What loading needs to know of a request. One for each request, and one for each payload of a subscription. */
export interface LoadContext {
  readonly viewer: Viewer
  /** Aborts when the client leaves or the request's time is up. */
  readonly signal: AbortSignal
  readonly db: Database
  /** The request's batches, one for each loader. */
  readonly batches: WeakMap<object, DataLoader<never, unknown, string>>
}

/** A context with nothing loaded yet. */
export function createLoadContext(viewer: Viewer, signal: AbortSignal, db: Database): LoadContext {
  return { viewer, signal, db, batches: new WeakMap() }
}
