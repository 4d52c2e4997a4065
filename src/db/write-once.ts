import type { Viewer } from '../identity/index.ts'
import { AppError } from '../kernel/errors.ts'
import { unavailable } from './failures.ts'
import { claimKey, type IdempotencyKey, type Outcome, storeOutcome, toClaim } from './idempotency.ts'
import type { Row, Statement } from './statement.ts'
import type { Tables } from './tables.ts'
import type { Transaction } from './transaction.ts'
import { defect } from './write-failures.ts'

/** A mutation: for whom, how long, which of them it is, and what it does. */
export interface Write<Value> {
  readonly viewer: Viewer
  /** Aborts when the client leaves or the request's time is up. */
  readonly signal: AbortSignal
  readonly requestId: string
  readonly key: IdempotencyKey
  /** Runs in a transaction of the viewer's; again in another one, if that one comes to nothing. */
  readonly work: (run: RunStatement) => Promise<Done<Value>>
  /** What its caller wants of what was done before, under the same key. It reads only. */
  readonly recall: (run: RunStatement, outcome: Outcome) => Promise<Value>
}

/** @throws RuleError where a rule of the table's refuses; what the work has done before is undone then. */
export type RunStatement = (build: (tables: Tables) => Statement) => Promise<Row[]>

/** What the work has come to: what is kept of it under its key, and what its caller wants of it now. */
export interface Done<Value> {
  readonly outcome: Outcome
  readonly value: Value
}

/**
 * `done`: now, or before by a request of the same key. `mismatch`: the key was used with other arguments. `full`: the viewer
 * has too many keys that haven't expired.
 */
export type Written<Value> = ({ readonly state: 'done' } & Done<Value>) | { readonly state: 'mismatch' | 'full' }

/** What is known of a mutation from one try to the next. */
export interface Attempt {
  /** Whether it has been done: `maybe` while nobody knows what came of a commit, `yes` where its key has an outcome. */
  done: 'no' | 'maybe' | 'yes'
}

interface AttemptOptions<Value> {
  readonly write: Write<Value>
  readonly tables: Tables
  readonly keyMs: number
  readonly state: Attempt
}

/** One try, in one transaction. */
export async function attempt<Value>(transaction: Transaction, it: AttemptOptions<Value>): Promise<Written<Value>> {
  const { write, tables, keyMs, state } = it
  const run: RunStatement = (build) => transaction.run(build(tables))
  const claim = toClaim(await transaction.begin(claimKey(write.key, keyMs)))
  if (claim.state === 'claimed') {
    // The key is this transaction's, and nobody can get it before that ends: no earlier try has been committed.
    state.done = 'no'
    const done = await ofDomain(transaction, () => write.work(run))
    await transaction.commit(storeOutcome(write.key, done.outcome))
    return { state: 'done', ...done }
  }
  if (claim.state === 'before') {
    state.done = 'yes'
    const { outcome } = claim
    const value = await ofDomain(transaction, () => write.recall(run, outcome))
    await transaction.rollback()
    return { state: 'done', outcome, value }
  }
  await transaction.rollback()
  // One that may be under way still isn't refused: when it has ended, its key is known.
  if (claim.state === 'full' && state.done !== 'no') throw unavailable(undefined, 'too many keys')
  return { state: claim.state }
}

/** What a domain's own code throws isn't Postgres' failure, and not tried again. */
async function ofDomain<T>(transaction: Transaction, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof AppError || transaction.failedSo(error) ? error : defect(error)
  }
}
