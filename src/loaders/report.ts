/** What operators may know of what is kept in memory: no values, and no arguments of others. */
export interface CacheReport {
  /** Whether anything may be served from memory now. */
  readonly live: boolean
  /** Since the last poll of changes that has worked was sent, in ms; null before the first. */
  readonly ageMs: number | null
  /** `X-Position` as of now. */
  readonly position: string | null
  readonly bytes: number
  readonly maxBytes: number
  readonly entries: number
  /** For how many viewers something is kept, everyone counted as one. */
  readonly scopes: number
  readonly tables: readonly TableReport[]
  /** The latest first. */
  readonly changes: readonly ChangeReport[]
  readonly forgets: readonly { readonly cause: string; readonly count: number }[]
}

export interface TableReport {
  readonly table: string
  readonly bytes: number
  readonly entries: number
  /** Values since the start: from memory, read together with another request, read. */
  readonly hits: number
  readonly joined: number
  readonly fetched: number
}

export interface ChangeReport {
  readonly table: string
  readonly ageMs: number
  /** How old it was when it was heard of, in ms; null where that isn't known. */
  readonly lagMs: number | null
  /** Hashes of the tags that were forgotten, the first few; how many there were. */
  readonly tags: readonly string[]
  readonly tagCount: number
}
