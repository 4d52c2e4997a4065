import sql from 'sql-template-tag'
import { type Row, type Statement, statement } from './statement.ts'
import { defect } from './write-failures.ts'

/** Which mutation it is: requests with the same key do the same thing, once. */
export interface IdempotencyKey {
  /** Up to 255 characters. */
  readonly text: string
  /** Whether the client gave it, and may send it again. */
  readonly given: boolean
  /** The mutation's field in the operation. */
  readonly field: string
  /** A hash of its arguments. */
  readonly hash: string
}

/** What a mutation has come to, as it is kept under its key: small, and fit for whoever did it. */
export type Outcome = Readonly<Record<string, string>>

/**
 * Why a key can't be had. `before`: a request of the same key has done it, with this outcome. `mismatch`: the key was used with
 * other arguments. `full`: the viewer has too many keys that haven't expired.
 */
export type Taken = { readonly state: 'mismatch' | 'full' } | { readonly state: 'before'; readonly outcome: Outcome }

/** What has become of a key that was asked for. */
export type Claim = { readonly state: 'claimed' } | Taken

/** A key that no client knows is there for tries of one request only. */
const OWN_KEY_MS = 600_000

/** Takes the key for this transaction, or says what was done under it; `keyMs` is how long a client's key is kept. */
export function claimKey({ text, given, field, hash }: IdempotencyKey, keyMs: number): Statement {
  const kept = String(given ? keyMs : OWN_KEY_MS)
  const call = sql`select state, stored from lakebase_graphql.claim_key(${text}, ${field}, ${hash}, ${kept}::integer, ${String(given)}::boolean)`
  return statement('writes.claim', ['state', 'stored'], call)
}

/** Keeps what has been done under a key that this transaction has claimed. */
export function storeOutcome({ text, field }: IdempotencyKey, outcome: Outcome): Statement {
  const call = sql`select lakebase_graphql.store_outcome(${text}, ${field}, ${JSON.stringify(outcome)}::jsonb)`
  return statement('writes.store', ['stored'], call)
}

/** Reads the answer to `claimKey`. */
export function toClaim([row]: readonly Row[]): Claim {
  const { state, stored } = row ?? {}
  if (state === 'done' && stored != null) return { state: 'before', outcome: toOutcome(JSON.parse(stored)) }
  if (state === 'claimed' || state === 'mismatch' || state === 'full') return { state }
  throw defect(`claim_key answered ${state}, with ${stored == null ? 'no' : 'an'} outcome`)
}

/** A viewer's role can store anything for itself by psql. */
function toOutcome(stored: unknown): Outcome {
  const texts = Object.entries(stored ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return Object.fromEntries(texts)
}
