import { setTimeout as sleep } from 'node:timers/promises'
import { type ClientConfig, DatabaseError, Pool, type PoolClient, type PoolConfig, type QueryArrayConfig } from 'pg'
import { messageOf } from '../kernel/errors.ts'
import { untilAborted } from '../kernel/signals.ts'
import { cancelRunning } from './cancel.ts'
import { cutClient } from './end-client.ts'
import { unavailable } from './failures.ts'
import type { DatabaseSettings } from './settings.ts'
import type { Row, Statement } from './statement.ts'

/** Connections of one role. */
export interface ConnectionPool {
  /**
   * Runs one statement, on a connection that was opened after `openedAfter` (`performance.now()`) if that is given.
   * Rejects with `signal`'s reason as soon as that aborts; the statement is then ended too.
   */
  run(statement: Statement, signal: AbortSignal, openedAfter?: number): Promise<Row[]>
  /** From now on nothing prepared earlier is used: the tables have changed. */
  renew(): void
  close(): Promise<void>
}

const CONNECT_TIMEOUT_MS = 5_000
const IDLE_MS = 30_000
const MAX_LIFE_SECONDS = 2_700 // Lakebase promises no connection a long life
const ENDING_MS = 2_000
/** Selections shape the SQL, so clients could fill the server's memory with prepared statements without a cap. */
const MAX_PREPARED = 200

/** What every connection of ours is set to. Reads can't write, whatever text they carry. */
export function clientConfig(settings: DatabaseSettings, session: Readonly<Record<string, string>>): ClientConfig {
  const options = {
    TimeZone: 'UTC',
    DateStyle: 'ISO',
    IntervalStyle: 'postgres',
    client_connection_check_interval: '1000',
    ...session,
  }
  return {
    host: settings.host,
    port: settings.port,
    database: settings.database,
    user: settings.user,
    password: passwordFor(settings),
    ssl: settings.tls === false ? false : { rejectUnauthorized: true, ...settings.tls },
    application_name: 'lakebase-graphql',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    options: Object.entries(options)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  }
}

/** `pg` asks for it when the server does, and calls it on the client. */
function passwordFor({ password }: DatabaseSettings) {
  return async function (this: unknown): Promise<string> {
    try {
      return await password.get()
    } catch (error) {
      // `pg` leaves the connection open on which the server waits for it, for a minute: they would add up to all there are.
      if (typeof this === 'object' && this !== null) cutClient(this)
      throw error
    }
  }
}

const READ_SESSION = {
  default_transaction_read_only: 'on',
  max_parallel_workers_per_gather: '0', // pages are short, and their order is the plan's
  jit: 'off',
}

/** Values stay the text that Postgres sent: no Date, no rounding, no cost for columns that are passed through. */
const AS_TEXT = { getTypeParser: () => (value: string) => value }

function poolConfig(settings: DatabaseSettings): PoolConfig {
  return {
    ...clientConfig(settings, READ_SESSION),
    max: settings.maxConnections,
    idleTimeoutMillis: IDLE_MS,
    maxLifetimeSeconds: MAX_LIFE_SECONDS,
    statement_timeout: settings.statementTimeoutMs,
    query_timeout: settings.statementTimeoutMs + ENDING_MS,
    idle_in_transaction_session_timeout: settings.statementTimeoutMs,
  }
}

/** `onLost` hears of connections that ended while nobody used them. */
export function createPool(settings: DatabaseSettings, onLost: (error: Error) => void): ConnectionPool {
  const pool = new Pool(poolConfig(settings))
  pool.on('error', onLost)
  let generation = 0
  let nameOf = preparedNames(generation)
  const births = new WeakMap<PoolClient, { readonly generation: number; readonly at: number }>()
  pool.on('connect', (client) => births.set(client.on('error', heard), { generation, at: performance.now() }))
  const release = (client: PoolClient, reusable: boolean): void =>
    client.release(!reusable || births.get(client)?.generation !== generation)
  const acquire = async (signal: AbortSignal, openedAfter: number): Promise<PoolClient> => {
    for (;;) {
      const client = await untilAborted(connect(pool, settings.maxConnections), signal, (late) => late.release())
      if ((births.get(client)?.at ?? 0) >= openedAfter) return client
      client.release(true)
    }
  }
  return {
    async run(statement, signal, openedAfter = 0) {
      const client = await acquire(signal, openedAfter)
      const running = client.query<(string | null)[]>(toQuery(statement, nameOf(statement.text)))
      try {
        const { rows } = await untilAborted(running, signal)
        release(client, true)
        return rows.map((values) => toRow(statement.columns, values))
      } catch (error) {
        if (signal.aborted) void endStatement(client, running, settings).then((ended) => release(client, ended))
        else release(client, error instanceof DatabaseError && error.severity === 'ERROR')
        throw error
      }
    },
    renew() {
      generation++
      nameOf = preparedNames(generation)
    },
    // What the server doesn't close with us ends with the process.
    close: () => Promise.race([pool.end(), sleep(ENDING_MS, undefined, { ref: false })]),
  }
}

/**
 * pg-pool listens to a client only while it is idle. One that breaks while it is lent out fails its statement; without a
 * listener its event would end the process besides.
 */
function heard(): void {}

async function connect(pool: Pool, max: number): Promise<PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    // The same words for a server that doesn't answer and for a pool that is all lent out.
    const waited = messageOf(error).startsWith('timeout exceeded') && pool.totalCount >= max
    throw waited ? unavailable(error, 'all connections are in use') : error
  }
}

/** Names for the texts of one generation. A text that comes when all names are given out isn't prepared. */
function preparedNames(generation: number): (text: string) => string | undefined {
  const names = new Map<string, string>()
  return (text) => {
    const known = names.get(text)
    if (known !== undefined || names.size >= MAX_PREPARED) return known
    const name = `s${generation}_${names.size}`
    names.set(text, name)
    return name
  }
}

function toQuery(statement: Statement, name: string | undefined): QueryArrayConfig {
  const values = [...statement.values]
  return { text: statement.text, values, rowMode: 'array', types: AS_TEXT, ...(name === undefined ? {} : { name }) }
}

function toRow(columns: readonly string[], values: readonly (string | null)[]): Row {
  const row: Record<string, string | null> = {}
  for (let index = 0; index < columns.length; index++) row[columns[index] ?? ''] = values[index] ?? null
  return row
}

/** Ends what nobody waits for any more. Resolves to whether the connection may be used again. */
async function endStatement(
  client: PoolClient,
  running: Promise<unknown>,
  settings: DatabaseSettings,
): Promise<boolean> {
  const settled = running.then(
    () => true,
    (error: unknown) => error instanceof DatabaseError && error.severity === 'ERROR',
  )
  try {
    await cancelRunning(client, settings)
  } catch {
    return false // the way to the server is gone; closing the connection ends the statement there
  }
  return Promise.race([settled, sleep(ENDING_MS, false, { ref: false })])
}
