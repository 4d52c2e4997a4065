import type { ChangeSource } from '../db/index.ts'

/** A connection on which changes are read. */
export interface Session {
  readonly source: ChangeSource
  /** Why it is of no more use. */
  brokenBy: unknown
}
