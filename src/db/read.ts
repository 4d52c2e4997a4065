import type { Observe } from '../kernel/observe.ts'
import { untilAborted } from '../kernel/signals.ts'
import { forbidden, isForbidden, kindOf, reasonOf, toAppError, unavailable } from './failures.ts'
import type { Principal } from './openers.ts'
import type { ConnectionPool } from './pool.ts'
import type { Prepared } from './prepare.ts'
import type { Row, Statement } from './statement.ts'
import type { Supervisor } from './supervisor.ts'

export interface ReadParts {
  readonly pool: ConnectionPool
  readonly supervisor: Pick<Supervisor<Prepared>, 'refresh' | 'confirm'>
  readonly observe: Observe
  readonly viewersLogIn: boolean
}

/** A read of the app's own, for whom several requests may be waiting. */
export async function readOwn(parts: ReadParts, timeoutMs: number, statement: Statement): Promise<Row[]> {
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    return await readWith(parts, { as: 'app', signal }, async () => statement)
  } catch (error) {
    throw signal.aborted ? unavailable(error, 'Postgres did not answer in time') : error
  }
}

/** Runs a read; once more if the first failure was the connection's, another transaction's, or the tables' fault. */
export async function readWith(
  { pool, supervisor, observe, viewersLogIn }: ReadParts,
  { as, signal }: { readonly as: Principal; readonly signal: AbortSignal },
  build: () => Promise<Statement>,
): Promise<Row[]> {
  // What broke one connection may have broken those that lie idle too, so the second try takes a new one.
  let openedAfter = 0
  for (let attempt = 1; ; attempt++) {
    const statement = await build()
    const started = performance.now()
    try {
      const rows = await pool.run(statement, { as, signal, openedAfter })
      supervisor.confirm()
      observe({ event: 'statement', name: statement.name, rows: rows.length, ms: performance.now() - started })
      return rows
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (as !== 'app' && viewersLogIn && isForbidden(error)) throw forbidden(error)
      const kind = kindOf(error)
      const again = attempt === 1 && ['connection', 'conflict', 'drift', 'unbound'].includes(kind)
      if (kind === 'drift') {
        // What other connections have prepared may be wrong too, even if the tables are again what they were.
        openedAfter = performance.now()
        await untilAborted(supervisor.refresh(), signal)
      } else if (!again && (kind === 'connection' || kind === 'unbound')) void supervisor.refresh()
      else if (kind === 'connection' || kind === 'unbound') openedAfter = performance.now()
      if (!again) throw toAppError(error)
      observe({ event: 'statement.retried', name: statement.name, reason: reasonOf(error) })
    }
  }
}
