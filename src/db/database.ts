import type { Viewer } from '../identity/index.ts'
import type { Observe } from '../kernel/observe.ts'
import { untilAborted } from '../kernel/signals.ts'
import type { CursorCodec } from './cursor.ts'
import { forbidden, isForbidden, kindOf, reasonOf, toAppError, unavailable } from './failures.ts'
import { startIndexing } from './indexes.ts'
import type { Principal } from './openers.ts'
import { type ConnectionPool, createPool } from './pool.ts'
import { type Prepared, type PrepareOptions, prepareWith } from './prepare.ts'
import { createRights } from './rights.ts'
import type { Row, Statement } from './statement.ts'
import { type Supervisor, superviseDatabase } from './supervisor.ts'
import type { Audience, Tables } from './tables.ts'
import { Turns } from './turns.ts'
import { writeWith } from './write.ts'
import type { Write, Written } from './write-once.ts'

/** A read: for whom, how long, and what. */
export interface Read {
  readonly viewer: Viewer
  /** `everyone`: by the app's own role, within the viewer's rights. `viewer`: as the viewer. */
  readonly audience: Audience
  /** Aborts when the client leaves or the request's time is up; the statement is ended then. */
  readonly signal: AbortSignal
  /** Makes the statement from the tables as they are. Called again if they turn out to have changed. */
  readonly build: (tables: Tables) => Statement
}

/** Postgres, as the rest of the app sees it. */
export interface Database {
  /** @throws AppError with a code that says whose fault it was; `signal`'s reason if that aborted. */
  read(read: Read): Promise<Row[]>
  /** Does something once, by a transaction of the viewer's. @throws AppError; but for OUTCOME_UNKNOWN nothing was written. */
  write<Value>(write: Write<Value>): Promise<Written<Value>>
  /** The tables as they are. @throws AppError UNAVAILABLE while Postgres can't be reached. */
  tables(): Tables
  /** @throws AppError UNAVAILABLE while Postgres can't be reached. */
  cursors(): CursorCodec
  /** Why nothing can be read now, fit for anybody's eyes; undefined if all is well. */
  notReadyBecause(): string | undefined
  close(): Promise<void>
}

export interface DatabaseOptions extends PrepareOptions {
  /** How long what Postgres says of a viewer's rights holds, in ms. */
  readonly rightsMs: number
  /** How long a client's idempotency key is kept, in ms. */
  readonly idempotencyKeyMs: number
}

/** While all tables are there, this often we look whether they are still what they were: not all changes make a statement fail. */
const LOOK_AGAIN_MS = 30_000

/** Starts connecting at once; reads fail with UNAVAILABLE until that has worked, and whenever the server is gone. */
export function createDatabase(options: DatabaseOptions): Database {
  const { settings, observe } = options
  const pool = createPool(settings, () => void supervisor.refresh())
  const indexing = startIndexing(pool, options.tables, observe)
  const supervisor = superviseDatabase(prepareWith(options, pool, indexing), observe)
  const current = watched(supervisor, settings.lookSoonMs)
  const { maxPerViewer: most, queueMs: waitMs } = settings.connections
  const turns = new Turns({ most, waitMs })
  const parts: ReadParts = { pool, supervisor, observe, viewersLogIn: settings.viewerAccess === 'login' }
  const limit = createRights({
    ...options,
    definitions: options.tables,
    read: (statement) => readOwn(parts, settings.statementTimeoutMs, statement),
  })
  return {
    tables: () => current().tables,
    cursors: () => current().cursors,
    notReadyBecause: supervisor.notReadyBecause,
    read: ({ viewer, audience, signal, build }) =>
      readWith(parts, { as: audience === 'everyone' ? 'app' : viewer, signal }, async () => {
        const tables = limit(viewer, current().tables)
        return build(tablesFor(audience, tables instanceof Promise ? await untilAborted(tables, signal) : tables))
      }),
    write: (write) => {
      const tables = async () => limit(write.viewer, current().tables)
      const once = () =>
        writeWith({ pool, supervisor, observe, settings, keyMs: options.idempotencyKeyMs, tables }, write)
      // Where viewers have no connections of their own, one who waits for locks must not take everybody's.
      return settings.viewerAccess === 'login' ? once() : turns.run(write.viewer.userName, write.signal, once)
    },
    async close() {
      await supervisor.stop()
      await indexing.stop()
      await pool.close()
    },
  }
}

/** What is prepared; looks again at the tables from time to time, while what it has stays in use. */
function watched(supervisor: Supervisor<Prepared>, lookSoonMs: number): () => Prepared {
  let looking = false
  const lookAgain = (): void => {
    if (looking) return
    looking = true
    void supervisor.refresh().finally(() => {
      looking = false
    })
  }
  return () => {
    const prepared = supervisor.current()
    const { problems } = prepared.tables
    const age = performance.now() - prepared.at
    if (age > (problems.length > 0 ? lookSoonMs : LOOK_AGAIN_MS)) lookAgain()
    return prepared
  }
}

interface ReadParts {
  readonly pool: ConnectionPool
  readonly supervisor: Pick<Supervisor<Prepared>, 'refresh' | 'confirm'>
  readonly observe: Observe
  readonly viewersLogIn: boolean
}

/** What is one viewer's can't be read with the app's rights by mistake. */
function tablesFor(audience: Audience, tables: Tables): Tables {
  if (audience === 'viewer') return tables
  return {
    ...tables,
    get(definition) {
      if (definition.audience === 'everyone') return tables.get(definition)
      throw new Error(`${definition.key} was to be read for everyone, though its rows are for their viewers`)
    },
  }
}

/** A read of the app's own, for whom several requests may be waiting. */
async function readOwn(parts: ReadParts, timeoutMs: number, statement: Statement): Promise<Row[]> {
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    return await readWith(parts, { as: 'app', signal }, async () => statement)
  } catch (error) {
    throw signal.aborted ? unavailable(error, 'Postgres did not answer in time') : error
  }
}

/** Runs a read; once more if the first failure was the connection's, another transaction's, or the tables' fault. */
async function readWith(
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
