import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../kernel/errors.ts'
import type { Observe } from '../kernel/observe.ts'
import { untilAborted } from '../kernel/signals.ts'
import { type FailureKind, forbidden, isForbidden, kindOf, reasonOf } from './failures.ts'
import type { ConnectionPool } from './pool.ts'
import type { Who } from './send.ts'
import type { Supervisor } from './supervisor.ts'
import type { Tables } from './tables.ts'
import { openTransaction, type Transaction } from './transaction.ts'
import { notShown, notWritten, notWrittenInTime, outcomeUnknown } from './write-failures.ts'
import { type Attempt, attempt, type Write, type Written } from './write-once.ts'

export interface WriteParts {
  readonly pool: ConnectionPool
  readonly supervisor: Pick<Supervisor<unknown>, 'refresh' | 'confirm'>
  readonly observe: Observe
  readonly settings: Who
  /** How long a key that a client gave is kept, in ms. */
  readonly keyMs: number
  /** The tables as this viewer may see them. */
  readonly tables: () => Promise<Tables>
}

/** How often each kind of failure is tried again; not at all as a rule. What isn't known to be undone, until it is. */
const TRIES: Partial<Record<FailureKind, number>> = {
  conflict: Number.POSITIVE_INFINITY, // until the request's time is up
  excluded: 3, // the second try sees what the other has done, and says so, unless there are yet others
  connection: 1,
  drift: 1,
  unbound: 1,
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
  const state: Attempt = { done: 'no' }
  const failures = new Map<FailureKind, number>()
  let openedAfter = 0
  for (;;) {
    let transaction: Transaction | undefined
    try {
      const tables = await untilAborted(parts.tables(), signal)
      const written = await pool.hold({ as, signal, openedAfter }, (client, nameOf) => {
        transaction = openTransaction(client, { ...parts, ...write, as, nameOf })
        return attempt(transaction, { write, tables, keyMs: parts.keyMs, state })
      })
      supervisor.confirm()
      return written
    } catch (error) {
      if (transaction?.undecided()) state.done = 'maybe'
      const kind = kindOf(error)
      const times = (failures.get(kind) ?? 0) + 1
      failures.set(kind, times)
      if (['connection', 'drift', 'unbound'].includes(kind)) openedAfter = performance.now()
      const again =
        state.done === 'no' ? times <= (TRIES[kind] ?? 0) && !isFinal(parts, error) : mayBecomeKnown(kind, error)
      if (signal.aborted || !again) {
        if (kind === 'connection' || kind === 'unbound') void supervisor.refresh()
        throw toWriteError(parts, { error, write, ...state })
      }
      observe({ event: 'statement.retried', name: key.field, reason: reasonOf(error) })
      await pause({ kind, times, ...state }, parts, signal).catch((aborted: unknown) => {
        throw toWriteError(parts, { error: aborted, write, ...state })
      })
    }
  }
}

/** Whether another try could tell what has come of it, or show it. */
function mayBecomeKnown(kind: FailureKind, error: unknown): boolean {
  if (error instanceof AppError) return error.code === 'UNAVAILABLE'
  return kind !== 'input' && kind !== 'other'
}

/** What a viewer's own role may not do, it may not do at the second try either. */
function isFinal({ settings }: WriteParts, error: unknown): boolean {
  return settings.viewerAccess === 'login' && isForbidden(error)
}

async function pause(
  { kind, times, done }: Attempt & { readonly kind: FailureKind; readonly times: number },
  { supervisor }: WriteParts,
  signal: AbortSignal,
): Promise<void> {
  if (kind === 'drift') return untilAborted(supervisor.refresh(), signal)
  if (kind !== 'conflict' && kind !== 'excluded' && done === 'no') return
  const longest = Math.min(LONGEST_PAUSE_MS, 5 * 2 ** times)
  await untilAborted(sleep(Math.random() * longest, undefined, { ref: false }), signal)
}

interface Failure extends Attempt {
  readonly error: unknown
  readonly write: Pick<Write<unknown>, 'signal' | 'key'>
}

function toWriteError(parts: WriteParts, { error, done, write }: Failure): unknown {
  if (done === 'yes') return notShown(error)
  if (done === 'maybe') return outcomeUnknown(error, write.key.given)
  if (write.signal.aborted) return notWrittenInTime(write.signal.reason)
  if (error instanceof AppError) return error
  return isFinal(parts, error) ? forbidden(error, 'change') : notWritten(error)
}
