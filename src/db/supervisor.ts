import { AppError } from '../kernel/errors.ts'
import type { Observe } from '../kernel/observe.ts'
import { shared } from '../kernel/shared.ts'
import { waitOrStop } from '../kernel/waiting.ts'
import { isPasswordMissing, publicReasonOf, reasonOf, unavailable } from './failures.ts'
import { mendOf } from './mends.ts'

/** Keeps something ready that depends on Postgres: prepares it, notices its loss, prepares it again. */
export interface Supervisor<T> {
  /** What was prepared last. @throws AppError UNAVAILABLE while there is nothing, or the server is lost. */
  current(): T
  /** Why it isn't ready; undefined when it is. */
  notReadyBecause(): string | undefined
  /** Prepares anew, once for all who ask meanwhile; what was there stays in use until then. */
  refresh(): Promise<void>
  /** Says that the server has just answered a read. */
  confirm(): void
  stop(): Promise<void>
}

const FIRST_RETRY_MS = 50
/** Connections break while all is well: only when so many in a row fail, and no read has worked meanwhile, it is lost. */
const FAILURES_UNTIL_LOST = 3
/** With that of credentials, which may have to come first, it makes less than two seconds. */
const LONGEST_RETRY_MS = 500

export interface Preparing<T> {
  readonly prepare: (signal: AbortSignal) => Promise<T>
  /** Whose answer it waits for just now. */
  readonly waitsFor: () => string | undefined
}

const STARTING = 'the app is starting'

/** Begins at once. `prepare`, which must end when its signal aborts, is tried until it works, at intervals that grow up to half a second. */
export function superviseDatabase<T>({ prepare, waitsFor }: Preparing<T>, observe: Observe): Supervisor<T> {
  const stopping = new AbortController()
  let prepared: T | undefined
  let reason: string | undefined = STARTING
  let failures = 0
  const attempt = async (): Promise<boolean> => {
    const started = performance.now()
    try {
      prepared = await prepare(stopping.signal)
      if (reason !== undefined) observe({ event: 'database.ready', ms: performance.now() - started })
      ;[reason, failures] = [undefined, 0]
      return true
    } catch (error) {
      if (stopping.signal.aborted) return false
      const why = publicReasonOf(error)
      failures++
      if (reason === undefined && (failures < FAILURES_UNTIL_LOST || isThere(error))) return false
      if (reason !== why) observe({ event: 'database.lost', reason: reasonOf(error), mend: mendOf(error) })
      reason = why
      return false
    }
  }
  const refresh = shared(() => retry(attempt, stopping.signal))
  void refresh()
  return {
    current() {
      if (prepared === undefined || reason !== undefined) throw unavailable(undefined, reason)
      return prepared
    },
    notReadyBecause: () => (reason === STARTING ? starting(waitsFor()) : reason),
    refresh,
    confirm() {
      failures = 0
    },
    stop() {
      stopping.abort(new Error('the app is stopping'))
      return refresh()
    },
  }
}

function starting(waitsFor: string | undefined): string {
  return waitsFor === undefined ? STARTING : `${STARTING}, and waits for an answer of ${waitsFor}`
}

/** Connections that are open go on without a password, and where all are in use Postgres is there. */
function isThere(error: unknown): boolean {
  return isPasswordMissing(error) || error instanceof AppError
}

/** Until `attempt` says that it has worked, or `signal` aborts. */
async function retry(attempt: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  for (let tries = 1; !signal.aborted && !(await attempt()); tries++) {
    const wait = Math.min(FIRST_RETRY_MS * 2 ** (tries - 1), LONGEST_RETRY_MS)
    await waitOrStop(wait, signal)
  }
}
