import type { Viewer } from '../identity/index.ts'
import { untilAborted } from '../kernel/signals.ts'
import { type OpenChanges, openChangesBy } from './change-log/source.ts'
import type { CursorCodec } from './cursor.ts'
import { startIndexing } from './indexes.ts'
import { inOneSnapshot, type SnapshotReader } from './one-snapshot.ts'
import { createPool } from './pool.ts'
import { type Prepared, type PrepareOptions, prepareWith } from './prepare.ts'
import { type ReadParts, readOwn, readWith } from './read.ts'
import { createRights, type LimitTables, type Rights } from './rights.ts'
import type { DatabaseSettings } from './settings.ts'
import type { Row, Statement } from './statement.ts'
import { type Supervisor, superviseDatabase } from './supervisor.ts'
import type { Audience, Tables } from './tables.ts'
import { Turns } from './turns.ts'
import { type WriteParts, writeWith } from './write.ts'
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
  /** The tables as a viewer may see them now. @throws AppError UNAVAILABLE while Postgres can't be reached. */
  tablesFor(read: Omit<Read, 'build'>): Tables | Promise<Tables>
  /** `Tables.authorization` of a role, without asking anybody; undefined where that isn't known, or Postgres can't be reached. */
  authorizationOf(role: string): string | undefined
  /** Opens a session in which changes are read. */
  readonly openChanges: OpenChanges
  /** Looks at everything anew that reading relies on: tables, policies, rights. */
  prove(): Promise<void>
  /** @throws AppError with a code that says whose fault it was; `signal`'s reason if that aborted. */
  read(read: Read): Promise<Row[]>
  /** Has `work` read everything from one snapshot. @throws AppError, and what `work` throws */
  inOneSnapshot<T>(read: Pick<Read, 'viewer' | 'signal'>, work: (reader: SnapshotReader) => Promise<T>): Promise<T>
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
  // Each holds a connection while it waits for another: there must always be some that don't.
  const { max, queueMs } = settings.connections
  const snapshots = new Turns({ most: Math.max(1, Math.floor(max / 4)), waitMs: queueMs })
  const parts: ReadParts = { pool, supervisor, observe, viewersLogIn: settings.viewerAccess === 'login' }
  const { limit, knownOf, forget } = createRights({
    ...options,
    definitions: options.tables,
    read: (statement) => readOwn(parts, settings.statementTimeoutMs, statement),
  })
  const tablesFor = tablesBy(limit, () => current().tables)
  return {
    tables: () => current().tables,
    tablesFor,
    authorizationOf: authorizationBy(knownOf, supervisor, current),
    cursors: () => current().cursors,
    notReadyBecause: supervisor.notReadyBecause,
    openChanges: openChangesBy(pool, () => supervisor.current().watched),
    // Rights are asked of what has been looked up.
    prove: () => supervisor.refresh().then(forget),
    read: ({ build, ...read }) => {
      const as = read.audience === 'everyone' ? 'app' : read.viewer
      return readWith(parts, { as, signal: read.signal }, async () => build(await tablesFor(read)))
    },
    inOneSnapshot: (read, work) =>
      snapshots.run('', read.signal, () => inOneSnapshot({ pool, settings, observe, tablesFor, ...read }, work)),
    write: writer({ ...parts, settings, keyMs: options.idempotencyKeyMs }, (viewer) => limit(viewer, current().tables)),
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

function writer(
  parts: Omit<WriteParts, 'tables'> & { readonly settings: DatabaseSettings },
  tablesOf: (viewer: Viewer) => Tables | Promise<Tables>,
): Database['write'] {
  const { viewerAccess, connections } = parts.settings
  const turns = new Turns({ most: connections.maxPerViewer, waitMs: connections.queueMs })
  return (write) => {
    const once = () => writeWith({ ...parts, tables: async () => tablesOf(write.viewer) }, write)
    // Where viewers have no connections of their own, one who waits for locks must not take everybody's.
    return viewerAccess === 'login' ? once() : turns.run(write.viewer.userName, write.signal, once)
  }
}

function authorizationBy(
  knownOf: Rights['knownOf'],
  supervisor: Supervisor<Prepared>,
  current: () => Prepared,
): Database['authorizationOf'] {
  return (role) => (supervisor.notReadyBecause() === undefined ? knownOf(role, current().tables) : undefined)
}

function tablesBy(limit: LimitTables, current: () => Tables): Database['tablesFor'] {
  return ({ viewer, audience, signal }) => {
    const tables = limit(viewer, current())
    if (!(tables instanceof Promise)) return fitFor(audience, tables)
    return untilAborted(tables, signal).then((limited) => fitFor(audience, limited))
  }
}

/** What is one viewer's can't be read with the app's rights by mistake. */
function fitFor(audience: Audience, tables: Tables): Tables {
  if (audience === 'viewer') return tables
  return {
    ...tables,
    get(definition) {
      if (definition.audience === 'everyone') return tables.get(definition)
      throw new Error(`${definition.key} was to be read for everyone, though its rows are for their viewers`)
    },
  }
}
