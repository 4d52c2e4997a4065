import type { Client } from 'pg'
import type { Viewer } from '../identity/index.ts'
import type { Observe } from '../kernel/observe.ts'
import { forbidden, isForbidden, toAppError } from './failures.ts'
import type { ConnectionPool } from './pool.ts'
import { roleQuery, toQuery, toRow, unbound, type Values, type Who } from './send.ts'
import type { Row, Statement } from './statement.ts'
import type { Audience, Tables } from './tables.ts'

/** Reads, all of one moment. */
export interface SnapshotReader {
  read(audience: Audience, build: (tables: Tables) => Statement): Promise<Row[]>
}

export interface SnapshotParts {
  readonly pool: ConnectionPool
  readonly settings: Who
  readonly observe: Observe
  readonly viewer: Viewer
  readonly signal: AbortSignal
  readonly tablesFor: (read: { viewer: Viewer; audience: Audience; signal: AbortSignal }) => Tables | Promise<Tables>
}

const BEGIN = 'begin isolation level repeatable read read only'

/**
 * Has `work` read everything from one snapshot of Postgres, on the app's connection and on the viewer's own: the first
 * transaction exports its snapshot, the other one takes it. Nothing is tried again in it.
 * @throws AppError where a connection can't be had; what Postgres says, as it is
 */
export async function inOneSnapshot<T>(parts: SnapshotParts, work: (reader: SnapshotReader) => Promise<T>): Promise<T> {
  const { pool, settings, viewer, signal } = parts
  return pool.hold({ as: 'app', signal, openedAfter: 0 }, async (app) => {
    const snapshot = await exportSnapshot(app)
    let ofViewer: Promise<Client> | undefined
    const released = Promise.withResolvers<void>()
    let ended: Promise<unknown> = Promise.resolve()
    const open = (): Promise<Client> => {
      if (settings.viewerAccess === 'claims') return claim(app, parts)
      const opened = Promise.withResolvers<Client>()
      ended = pool
        .hold({ as: viewer, signal, openedAfter: 0 }, async (client) => {
          await client.query(BEGIN)
          await client.query(`set transaction snapshot '${snapshot}'`)
          opened.resolve(await claim(client, parts))
          await released.promise
          await client.query('commit')
        })
        .catch(opened.reject)
      return opened.promise
    }
    let over = false
    const read: SnapshotReader['read'] = async (audience, build) => {
      // Who goes on after its answer must not send anything on a connection that is somebody else's by now.
      if (over) throw new Error('the snapshot is over')
      const statement = build(await parts.tablesFor({ viewer, audience, signal }))
      if (audience === 'viewer') ofViewer ??= open()
      return run(audience === 'viewer' && ofViewer ? await ofViewer : app, statement, parts)
    }
    try {
      return await work({ read })
    } finally {
      over = true
      released.resolve()
      await ended
      await app.query('commit')
    }
  })
}

async function exportSnapshot(app: Client): Promise<string> {
  await app.query(BEGIN)
  const { rows } = await app.query<{ id: string }>('select pg_export_snapshot() as id')
  return rows[0]?.id ?? ''
}

/** Makes sure of the role, or says who is asking: for this transaction. */
async function claim(client: Client, { viewer, settings }: SnapshotParts): Promise<Client> {
  await client.query(roleQuery(viewer, settings)).catch((error: unknown) => {
    throw unbound(error)
  })
  return client
}

async function run(client: Client, statement: Statement, { observe }: SnapshotParts): Promise<Row[]> {
  const started = performance.now()
  const { rows } = await client.query<Values>(toQuery(statement, undefined)).catch((error: unknown) => {
    throw isForbidden(error) ? forbidden(error) : toAppError(error)
  })
  observe({ event: 'statement', name: statement.name, rows: rows.length, ms: performance.now() - started })
  return rows.map((values) => toRow(statement.columns, values))
}
