import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, DatabaseError } from 'pg'
import { hedged } from '../kernel/hedged.ts'
import { untilAborted } from '../kernel/signals.ts'
import { cancelRunning } from './cancel.ts'
import type { Connection, Opener } from './connection.ts'
import { kindOf } from './failures.ts'
import { KeyedPool } from './keyed-pool.ts'
import { APP, createOpeners, HEDGE_MS, type Principal } from './openers.ts'
import { send, toQuery, toRow } from './send.ts'
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

/** The name under which a statement's text is prepared, if it is. */
export type NameOf = (text: string) => string | undefined

/** Whose answer a login waits for; undefined when it is over. */
export interface Waits {
  for: 'the workspace' | 'Postgres' | undefined
}

/** Connections of the app's role and of viewers, under one budget. */
export interface ConnectionPool {
  run(statement: Statement, how: Run): Promise<Row[]>
  /**
   * Work of several statements on one connection, which is lent again when its transaction is over; `nameOf` names those
   * that are worth preparing. When `how.signal` aborts, the statement that runs is ended, and the work must send no more.
   */
  hold<T>(how: Run, work: (client: Client, nameOf: NameOf) => Promise<T>): Promise<T>
  /**
   * Work of the app's own on a connection of its own, which counts too, and is closed after it. `waits` says for whom it
   * waits until then.
   */
  use<T>(session: Session, signal: AbortSignal, work: (client: Client) => Promise<T>, waits?: Waits): Promise<T>
  /** From now on nothing prepared earlier is used: the tables have changed. */
  renew(): void
  close(): Promise<void>
}

const ENDING_MS = 2_000
/** Logins that hang, as while a server is on its way back, don't hold up the next. */
const HEDGE = { everyMs: HEDGE_MS, most: 5 }
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
  const hold: ConnectionPool['hold'] = (how, work) =>
    holdWith(pool, lend(how), { ...how, settings }, (client) => work(client, names.of))
  return {
    hold,
    async run(statement, how) {
      const read = (client: Client, nameOf: NameOf) =>
        send(client, toQuery(statement, nameOf(statement.text)), how.as, settings)
      const { rows } = await hold(how, read)
      return rows.map((values) => toRow(statement.columns, values))
    },
    async use(session, signal, work, waits = { for: undefined }) {
      const connection = await lendNew(pool, () => openers.setUp(session), signal, waits)
      waits.for = undefined
      return work(connection.client).finally(() => pool.giveBack(connection, false))
    },
    renew() {
      names.renew()
      pool.renew()
    },
    close: () => pool.close(),
  }
}

/** A new connection. Who only waits until there is room for one doesn't begin again. */
function lendNew(pool: KeyedPool, openerOf: () => Opener, signal: AbortSignal, waits: Waits): Promise<Connection> {
  let opening = 0
  const attempt = async (): Promise<Connection> => {
    const opener = openerOf()
    const ready: Opener['ready'] = () => {
      waits.for = 'the workspace'
      return opener.ready()
    }
    const open: Opener['open'] = (onLost) => {
      waits.for = 'Postgres'
      opening++
      return opener.open(onLost).finally(() => opening--)
    }
    return pool.lend({ ...opener, ready, open }, signal)
  }
  return hedged(attempt, { ...HEDGE, hangs: () => opening > 0, late: (late) => pool.giveBack(late, false) })
}

async function holdWith<T>(
  pool: KeyedPool,
  lent: Promise<Connection>,
  { signal, settings }: Pick<Run, 'signal'> & { readonly settings: DatabaseSettings },
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const connection = await lent
  const { client } = connection
  const working = work(client)
  try {
    const result = await untilAborted(working, signal)
    pool.giveBack(connection, isAtRest(client))
    return result
  } catch (error) {
    const over = signal.aborted ? endStatement(client, working, settings) : isStatementsOwn(error)
    void giveBackWhen(rolledBack(client, over), pool, connection)
    throw error
  }
}

/** To be lent again once a statement on it is over; not at all if it can't be ended. */
async function giveBackWhen(over: Promise<boolean>, pool: KeyedPool, connection: Connection): Promise<void> {
  pool.giveBack(connection, (await over) && isAtRest(connection.client))
}

/** Ends the transaction that failed work has left, if the connection may be used again at all. */
async function rolledBack(client: Client, over: Promise<boolean> | boolean): Promise<boolean> {
  if (!(await over)) return false
  return (
    isAtRest(client) ||
    client.query('rollback').then(
      () => true,
      () => false,
    )
  )
}

/** Whether no transaction is left open or failed on it. */
const isAtRest = (client: Client): boolean => client.getTransactionStatus() === 'I'

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
