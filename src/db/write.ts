import { setTimeout as sleep } from 'node:timers/promises'
import type { Viewer } from '../identity/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { Observe } from '../kernel/observe.ts'
import { untilAborted } from '../kernel/signals.ts'
import { type FailureKind, forbidden, isForbidden, kindOf, notWritten, outcomeUnknown, reasonOf } from './failures.ts'
import { claimKey, type IdempotencyKey, type Outcome, storeOutcome, type Taken, toClaim } from './idempotency.ts'
import type { ConnectionPool } from './pool.ts'
import type { DatabaseSettings } from './settings.ts'
import type { Row, Statement } from './statement.ts'
import type { Supervisor } from './supervisor.ts'
import type { Tables } from './tables.ts'
import { openTransaction, type Transaction } from './transaction.ts'

/** A mutation: for whom, how long, which of them it is, and what it does. */
export interface Write<Value> {
  readonly viewer: Viewer
  /** Aborts when the client leaves or the request's time is up. */
  readonly signal: AbortSignal
  readonly requestId: string
  readonly key: IdempotencyKey
  /** Runs in a transaction of the viewer's; again in another one, if that one comes to nothing. */
  readonly work: (run: RunStatement) => Promise<Done<Value>>
}

/** @throws RuleError where a rule of the table's refuses; what the work has done before is undone then. */
export type RunStatement = (build: (tables: Tables) => Statement) => Promise<Row[]>

/** What the work has come to: what is kept of it under its key, and what its caller wants of it now. */
export interface Done<Value> {
  readonly outcome: Outcome
  readonly value: Value
}

/** `done`: just now. */
export type Written<Value> = ({ readonly state: 'done' } & Done<Value>) | Taken

export interface WriteParts {
  readonly pool: ConnectionPool
  readonly supervisor: Pick<Supervisor<unknown>, 'refresh' | 'confirm'>
  readonly observe: Observe
  readonly settings: Pick<DatabaseSettings, 'viewerAccess' | 'user'>
  /** How long a key that a client gave is kept, in ms. */
  readonly keyMs: number
  /** The tables as this viewer may see them. */
  readonly tables: () => Promise<Tables>
}

/** The longest time between two tries, in ms. */
const LONGEST_PAUSE_MS = 250

/**
 * Does `work` once, whatever happens on the way: a transaction that Postgres gives up for another's sake is tried again,
 * and where the answer to COMMIT is lost, the key tells what came of it.
 * @throws AppError OUTCOME_UNKNOWN if that can't be learnt in time; with any other error nothing was written.
 */
export async function writeWith<Value>(parts: WriteParts, write: Write<Value>): Promise<Written<Value>> {
  const { pool, supervisor, observe } = parts
  const { viewer: as, signal, key } = write
  // Whether an earlier try may have been committed.
  let unknown = false
  let openedAfter = 0
  for (let attempt = 1; ; attempt++) {
    let transaction: Transaction | undefined
    try {
      const tables = await untilAborted(parts.tables(), signal)
      const written = await pool.hold({ as, signal, openedAfter }, (client, nameOf) => {
        transaction = openTransaction(client, { ...parts, ...write, as, nameOf })
        const claimed = (): void => {
          unknown = false // nobody else has the key, and nobody can get it before this transaction ends
        }
        return writeIn(transaction, { write, tables, keyMs: parts.keyMs, claimed })
      })
      supervisor.confirm()
      return written
    } catch (error) {
      unknown ||= transaction?.undecided() ?? false
      const kind = kindOf(error)
      if (kind === 'connection' || kind === 'drift' || kind === 'unbound') openedAfter = performance.now()
      if (signal.aborted || !triesAgain(kind, { attempt, unknown }))
        throw toWriteError(parts, { error, unknown, write })
      observe({ event: 'statement.retried', name: key.field, reason: reasonOf(error) })
      await pause({ kind, attempt, unknown }, parts, signal).catch((aborted: unknown) => {
        throw toWriteError(parts, { error: aborted, unknown, write })
      })
    }
  }
}

interface WriteIn<Value> {
  readonly write: Write<Value>
  readonly tables: Tables
  readonly keyMs: number
  /** Called when the key is this transaction's. */
  readonly claimed: () => void
}

/** One try. */
async function writeIn<Value>(transaction: Transaction, it: WriteIn<Value>): Promise<Written<Value>> {
  const { write, tables, keyMs, claimed } = it
  const claim = toClaim(await transaction.begin(claimKey(write.key, keyMs)))
  if (claim.state !== 'claimed') {
    await transaction.rollback()
    return claim
  }
  claimed()
  const done = await write.work((build) => transaction.run(build(tables)))
  await transaction.commit(storeOutcome(write.key, done.outcome))
  return { state: 'done', ...done }
}

interface Failed {
  readonly attempt: number
  readonly unknown: boolean
}

function triesAgain(kind: FailureKind, { attempt, unknown }: Failed): boolean {
  if (kind === 'conflict') return true
  // What is known to have come to nothing is tried once more, as a read is; what isn't known, until it is or the time is up.
  return unknown || (attempt === 1 && ['connection', 'drift', 'unbound'].includes(kind))
}

async function pause(
  { kind, attempt, unknown }: Failed & { readonly kind: FailureKind },
  { supervisor }: WriteParts,
  signal: AbortSignal,
): Promise<void> {
  if (kind === 'drift') return untilAborted(supervisor.refresh(), signal)
  if (kind !== 'conflict' && !unknown) return
  const longest = Math.min(LONGEST_PAUSE_MS, 5 * 2 ** attempt)
  await untilAborted(sleep(Math.random() * longest, undefined, { ref: false }), signal)
}

interface Failure {
  readonly error: unknown
  readonly unknown: boolean
  readonly write: Pick<Write<unknown>, 'signal' | 'key'>
}

function toWriteError({ settings }: WriteParts, { error, unknown, write }: Failure): unknown {
  if (unknown) return outcomeUnknown(error, write.key.given)
  if (write.signal.aborted) return write.signal.reason
  if (error instanceof AppError) return error
  if (settings.viewerAccess === 'login' && isForbidden(error)) return forbidden(error, 'change')
  return notWritten(error)
}
