import { Client } from 'pg'
import type { Viewer } from '../identity/index.ts'
import type { Observe } from '../kernel/observe.ts'
import { untilAborted } from '../kernel/signals.ts'
import { type NamesOf, resolveTables } from './catalog.ts'
import { type CursorCodec, createCursorCodec } from './cursor.ts'
import { endClient } from './end-client.ts'
import { isLoginRefused, kindOf, reasonOf, toAppError } from './failures.ts'
import { type Indexing, startIndexing } from './indexes.ts'
import { migrate, OWN_SCHEMA } from './migrate.ts'
import { type ConnectionPool, clientConfig, createPool } from './pool.ts'
import { createRights } from './rights.ts'
import type { DatabaseSettings } from './settings.ts'
import type { Row, Statement } from './statement.ts'
import { type Supervisor, superviseDatabase } from './supervisor.ts'
import type { TableDefinition, Tables } from './tables.ts'

/** A read: for whom, how long, and what. */
export interface Read {
  readonly viewer: Viewer
  /** Aborts when the client leaves or the request's time is up; the statement is ended then. */
  readonly signal: AbortSignal
  /** Makes the statement from the tables as they are. Called again if they turn out to have changed. */
  readonly build: (tables: Tables) => Statement
}

/** Postgres, as the rest of the app sees it. */
export interface Database {
  /** @throws AppError with a code that says whose fault it was; `signal`'s reason if that aborted. */
  read(read: Read): Promise<Row[]>
  /** The tables as they are. @throws AppError UNAVAILABLE while Postgres can't be reached. */
  tables(): Tables
  /** @throws AppError UNAVAILABLE while Postgres can't be reached. */
  cursors(): CursorCodec
  /** Why nothing can be read now, fit for anybody's eyes; undefined if all is well. */
  notReadyBecause(): string | undefined
  close(): Promise<void>
}

export interface DatabaseOptions {
  readonly settings: DatabaseSettings
  readonly tables: readonly TableDefinition[]
  readonly namesOf: NamesOf
  /** Tables that all users of the app may read by the operator's word. */
  readonly isPublic: (definition: TableDefinition) => boolean
  /** How long what Postgres says of a viewer's rights holds, in ms. */
  readonly rightsMs: number
  /** The folder below which migrations lie: `src/`. */
  readonly source: string
  readonly observe: Observe
}

interface Prepared {
  readonly tables: Tables
  readonly cursors: CursorCodec
  readonly at: number
}

/** While a table or column is missing, this often at most we look whether it has come. */
const LOOK_SOON_MS = 5_000
/** And while all are there, whether they are still what they were: most changes make a statement fail, but not all. */
const LOOK_AGAIN_MS = 30_000
/** Beside the pool: one connection that prepares, and one that creates indexes. */
const OTHER_CONNECTIONS = 2

/** Starts connecting at once; reads fail with UNAVAILABLE until that has worked, and whenever the server is gone. */
export function createDatabase(options: DatabaseOptions): Database {
  const { settings, observe } = options
  const maxConnections = settings.maxConnections - OTHER_CONNECTIONS
  const pool = createPool({ ...settings, maxConnections }, () => void supervisor.refresh())
  const indexing = startIndexing(settings, options.tables, observe)
  const supervisor = superviseDatabase(prepareWith(options, pool, indexing), observe)
  const current = watched(supervisor)
  const parts: ReadParts = { pool, supervisor, observe }
  const limit = createRights({
    ...options,
    definitions: options.tables,
    read: (statement) => readWith(parts, AbortSignal.timeout(settings.statementTimeoutMs), async () => statement),
  })
  return {
    tables: () => current().tables,
    cursors: () => current().cursors,
    notReadyBecause: supervisor.notReadyBecause,
    read: ({ viewer, signal, build }) =>
      readWith(parts, signal, async () => {
        const tables = limit(viewer, current().tables)
        return build(tables instanceof Promise ? await untilAborted(tables, signal) : tables)
      }),
    async close() {
      await supervisor.stop()
      await indexing.stop()
      await pool.close()
    },
  }
}

/** What is prepared; looks again at the tables from time to time, while what it has stays in use. */
function watched(supervisor: Supervisor<Prepared>): () => Prepared {
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
    if (age > (problems.length > 0 ? LOOK_SOON_MS : LOOK_AGAIN_MS)) lookAgain()
    return prepared
  }
}

interface ReadParts {
  readonly pool: ConnectionPool
  readonly supervisor: Pick<Supervisor<Prepared>, 'refresh' | 'confirm'>
  readonly observe: Observe
}

/** Runs a read; once more if the first failure was the connection's, another transaction's, or the tables' fault. */
async function readWith(
  { pool, supervisor, observe }: ReadParts,
  signal: AbortSignal,
  build: () => Promise<Statement>,
): Promise<Row[]> {
  // What broke one connection may have broken those that lie idle too, so the second try takes a new one.
  let openedAfter = 0
  for (let attempt = 1; ; attempt++) {
    const statement = await build()
    const started = performance.now()
    try {
      const rows = await pool.run(statement, signal, openedAfter)
      supervisor.confirm()
      observe({ event: 'statement', name: statement.name, rows: rows.length, ms: performance.now() - started })
      return rows
    } catch (error) {
      if (signal.aborted) throw signal.reason
      const kind = kindOf(error)
      const again = attempt === 1 && (kind === 'connection' || kind === 'conflict' || kind === 'drift')
      if (kind === 'drift') {
        // What was prepared in between may be wrong even if the tables are again what they were.
        pool.renew()
        await untilAborted(supervisor.refresh(), signal)
      } else if (kind === 'connection' && !again) void supervisor.refresh()
      else if (kind === 'connection') openedAfter = performance.now()
      if (!again) throw toAppError(error)
      observe({ event: 'statement.retried', name: statement.name, reason: reasonOf(error) })
    }
  }
}

/** Prepares, and has what depends on the tables made anew if they have changed. */
function prepareWith(options: DatabaseOptions, pool: ConnectionPool, indexing: Indexing): () => Promise<Prepared> {
  let known = ''
  return async () => {
    const prepared = await prepare(options)
    const { fingerprint, problems } = prepared.tables
    if (fingerprint !== known) {
      pool.renew()
      for (const problem of problems) options.observe({ event: 'table.problem', ...problem })
    }
    known = fingerprint
    indexing.ensure(prepared.tables)
    return prepared
  }
}

/** On one connection of its own, so that it proves the way to the server and not just a pool's memory of it. */
async function prepare({ settings, tables, namesOf, source, observe }: DatabaseOptions): Promise<Prepared> {
  const password = await settings.password.get()
  const client = new Client({ ...clientConfig(settings, {}), password, query_timeout: 35_000 })
  // A connection that breaks says so by an event too; each use of it below fails by itself.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await migrate(client, source, observe)
    const resolved = await resolveTables(client, tables, namesOf)
    return { tables: resolved, cursors: createCursorCodec(await readCursorKey(client)), at: performance.now() }
  } catch (error) {
    if (isLoginRefused(error)) settings.password.refuse(password)
    throw error
  } finally {
    await endClient(client)
  }
}

async function readCursorKey(client: Client): Promise<Buffer> {
  const { rows } = await client.query<{ cursor_key: Buffer }>(`select cursor_key from ${OWN_SCHEMA}.installation`)
  const [installation] = rows
  if (!installation) throw new Error(`${OWN_SCHEMA}.installation is empty; restore its row from a backup`)
  return installation.cursor_key
}
