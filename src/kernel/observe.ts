/** Everything worth knowing that happens, in one list. Call sites say what; `src/logging.ts` decides what becomes of it. */
export type Observation =
  | {
      readonly event: 'request'
      readonly requestId: string
      readonly method: string
      readonly path: string
      readonly status: number
      readonly ms: number
      /** One of those that `requests.from_memory` counts too. */
      readonly from?: 'memory'
    }
  /** Answered from memory since the last time this was said; `ms`: the slowest of them. Some have a `request` of their own. */
  | { readonly event: 'requests.from_memory'; readonly count: number; readonly ms: number }
  | { readonly event: 'statement'; readonly name: string; readonly rows: number; readonly ms: number }
  | { readonly event: 'statement.retried'; readonly name: string; readonly reason: string }
  | { readonly event: 'request.failed'; readonly requestId: string; readonly error: unknown }
  /** A request that can't be answered now, for others' sake. */
  | {
      readonly event: 'request.unavailable'
      readonly requestId: string
      readonly code: string
      readonly reason: string
    }
  | { readonly event: 'process.listening'; readonly version: string; readonly port: number }
  | { readonly event: 'process.stopping'; readonly why: string }
  | { readonly event: 'database.ready'; readonly ms: number }
  | { readonly event: 'database.lost'; readonly reason: string; readonly mend: string | undefined }
  /** Everything that was kept in memory is of no more use. */
  | { readonly event: 'feed.forgot'; readonly cause: string }
  /** Nothing is served from memory until changes can be read again. */
  | { readonly event: 'feed.lost'; readonly reason: string }
  | { readonly event: 'credential.failed'; readonly reason: string }
  | { readonly event: 'migration'; readonly message: string }
  /** Idempotency keys whose time is over are still there. */
  | { readonly event: 'sweep.failed'; readonly reason: string }
  | { readonly event: 'table.problem'; readonly table: string; readonly problem: string; readonly mend: string }
  /** Roles that may log in and see every row: as viewers they are shown nothing that depends on who asks. */
  | { readonly event: 'row_security.bypassed'; readonly roles: readonly string[]; readonly mend: string }
  | { readonly event: 'indexing.failed'; readonly reason: string }
  | { readonly event: 'index.created'; readonly table: string; readonly index: string; readonly ms: number }
  | {
      readonly event: 'index.refused'
      readonly table: string
      readonly index: string
      readonly reason: string
      /** What somebody who may do it can run instead. */
      readonly sql: string
    }

export type Observe = (observation: Observation) => void
