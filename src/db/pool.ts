import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, DatabaseError, type QueryArrayConfig, type QueryArrayResult } from 'pg'
import { untilAborted } from '../kernel/signals.ts'
import { cancelRunning } from './cancel.ts'
import type { Connection } from './connection.ts'
import { kindOf, UnboundError } from './failures.ts'
import { KeyedPool } from './keyed-pool.ts'
import { APP, createOpeners, type Principal } from './openers.ts'
import type { Session } from './session.ts'
import type { DatabaseSettings } from './settings.ts'
import type { Row, Statement } from './statement.ts'

/** How to run a statement. */
export interface Run {
  readonly as: Principal
  /** The run rejects with its reason as soon as it aborts; the statement is then ended too. */
  readonly signal: AbortSignal
  /** Only on a connection that was opened after this moment of `performance.now()`. */
  readonly openedAfter: number
}

/** Connections of the app's role and of viewers, under one budget. */
export interface ConnectionPool {
  run(statement: Statement, how: Run): Promise<Row[]>
  /** Work of the app's own on a connection of its own, which counts too, and is closed after it. */
  use<T>(session: Session, signal: AbortSignal, work: (client: Client) => Promise<T>): Promise<T>
  /** From now on nothing prepared earlier is used: the tables have changed. */
  renew(): void
  close(): Promise<void>
}

const ENDING_MS = 2_000
/** Selections shape the SQL, so clients could fill the server's memory with prepared statements without a cap. */
const MAX_PREPARED = 200

/** `onLost` hears of the app's own connections that ended while nobody used them. */
export function createPool(settings: DatabaseSettings, onLost: (error: Error) => void): ConnectionPool {
  const openers = createOpeners(settings)
  const pool = new KeyedPool(settings.connections, (key, error) => {
    if (key === APP) onLost(error)
  })
  const names = createPreparedNames()
  const lend = async ({ as, signal, openedAfter }: Run): Promise<Connection> => {
    for (;;) {
      const connection = await pool.lend(openers.of(as), signal)
      if (connection.openedAt >= openedAfter) return connection
      pool.giveBack(connection, false)
    }
  }
  return {
    run: async (statement, how) => {
      const connection = await lend(how)
      const running = send(connection.client, toQuery(statement, names.of(statement.text)), how.as, settings)
      try {
        const { rows } = await untilAborted(running, how.signal)
        pool.giveBack(connection, isAtRest(connection.client))
        return rows.map((values) => toRow(statement.columns, values))
      } catch (error) {
        const over = how.signal.aborted ? endStatement(connection.client, running, settings) : isStatementsOwn(error)
        void giveBackWhen(over, pool, connection)
        throw error
      }
    },
    async use(session, signal, work) {
      const connection = await pool.lend(openers.setUp(session), signal)
      return work(connection.client).finally(() => pool.giveBack(connection, false))
    },
    renew() {
      names.renew()
      pool.renew()
    },
    close: () => pool.close(),
  }
}

/** To be lent again once a statement on it is over; not at all if it can't be ended. */
async function giveBackWhen(over: Promise<boolean> | boolean, pool: KeyedPool, connection: Connection): Promise<void> {
  pool.giveBack(connection, (await over) && isAtRest(connection.client))
}

type Values = (string | null)[]

/** Whether no transaction is left open or failed on it. */
const isAtRest = (client: Client): boolean => client.getTransactionStatus() === 'I'

const REQUIRE_ROLE = { name: 'role', text: 'select lakebase_graphql.require_role($1)' }
const CLAIM = {
  name: 'claim',
  text: "select lakebase_graphql.require_role($1), set_config('lakebase_graphql.viewer', $2, true)",
}

/**
 * For a viewer, whose connection it is must be so just before the read: a session may have outlived its role's name or
 * rights, and so may the plans that Postgres keeps for it. Where the app reads for somebody, the identity holds for this one
 * transaction, so nobody who borrows the connection next can have it. All goes out together, and settles when the last
 * statement has been answered.
 */
async function send(
  client: Client,
  query: QueryArrayConfig,
  as: Principal,
  { viewerAccess, user }: DatabaseSettings,
): Promise<QueryArrayResult<Values>> {
  if (as === 'app') return client.query<Values>(query)
  const claims = viewerAccess === 'claims'
  const begin = claims ? [client.query('begin')] : []
  const role = client.query(
    claims ? { ...CLAIM, values: [user, as.userName] } : { ...REQUIRE_ROLE, values: [as.userName] },
  )
  const read = client.query<Values>(query)
  const end = claims ? [client.query('commit')] : []
  const [proof, ...steps] = await Promise.allSettled([role, ...begin, read, ...end])
  if (proof.status === 'rejected') throw unbound(proof.reason)
  // The first that failed says why: those after it only say that the transaction is aborted.
  for (const step of steps) if (step.status === 'rejected') throw step.reason
  return read
}

/** Whatever Postgres says when it is asked for the role: it may be gone. Broken connections stay what they are. */
function unbound(error: unknown): unknown {
  return kindOf(error) === 'connection' || kindOf(error) === 'timeout' ? error : new UnboundError(error)
}

/** Names for texts of statements. One that comes when all names are given out isn't prepared. */
function createPreparedNames() {
  let generation = 0
  let names = new Map<string, string>()
  return {
    of(text: string): string | undefined {
      const known = names.get(text)
      if (known !== undefined || names.size >= MAX_PREPARED) return known
      const name = `s${generation}_${names.size}`
      names.set(text, name)
      return name
    },
    /** Gives other names from now on. */
    renew(): void {
      generation++
      names = new Map()
    },
  }
}

/** Values stay the text that Postgres sent: no Date, no rounding, no cost for columns that are passed through. */
const AS_TEXT = { getTypeParser: () => (value: string) => value }

function toQuery(statement: Statement, name: string | undefined): QueryArrayConfig {
  const values = [...statement.values]
  return { text: statement.text, values, rowMode: 'array', types: AS_TEXT, ...(name === undefined ? {} : { name }) }
}

function toRow(columns: readonly string[], values: Values): Row {
  const row: Record<string, string | null> = {}
  for (let index = 0; index < columns.length; index++) row[columns[index] ?? ''] = values[index] ?? null
  return row
}

/** Whether the statement has failed and the connection is as good as before: not if what it has prepared may be
 * out of date, or was made for another role. */
function isStatementsOwn(error: unknown): boolean {
  return error instanceof DatabaseError && error.severity === 'ERROR' && !['drift', 'unbound'].includes(kindOf(error))
}

/** Ends what nobody waits for any more. Resolves to whether the connection may be used again. */
async function endStatement(client: Client, running: Promise<unknown>, settings: DatabaseSettings): Promise<boolean> {
  const settled = running.then(() => true, isStatementsOwn)
  try {
    await cancelRunning(client, settings)
  } catch {
    return false // the way to the server is gone; closing the connection ends the statement there
  }
  return Promise.race([settled, sleep(ENDING_MS, false, { ref: false })])
}
