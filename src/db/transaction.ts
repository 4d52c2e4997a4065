import { type Client, DatabaseError } from 'pg'
import type { Viewer } from '../identity/index.ts'
import type { Observe } from '../kernel/observe.ts'
import { kindOf } from './failures.ts'
import type { NameOf } from './pool.ts'
import { roleQuery, toQuery, toRow, unbound, type Values, type Who } from './send.ts'
import type { Row, Statement } from './statement.ts'
import { defect, RuleError, toRuleError } from './write-failures.ts'

/** One transaction of a viewer's that may write, on a connection that is lent for it. */
export interface Transaction {
  /** Opens it, makes sure of the role, says whose request it is, and runs a first statement. One round trip. */
  begin(first: Statement): Promise<Row[]>
  /** @throws RuleError where a rule of the table's refuses; all since `begin` is undone then, and it may go on. */
  run(statement: Statement): Promise<Row[]>
  /** Runs a last statement and commits. One round trip. */
  commit(last: Statement): Promise<void>
  rollback(): Promise<void>
  /** Whether it was Postgres, or the way to it, that failed so; a RuleError is nobody's failure. */
  failedSo(error: unknown): boolean
  /** Whether COMMIT has been sent, and no answer has said what came of it. */
  undecided(): boolean
}

export interface TransactionOptions {
  readonly as: Viewer
  readonly requestId: string
  /** After it has aborted nothing more is sent. */
  readonly signal: AbortSignal
  readonly settings: Who
  readonly nameOf: NameOf
  readonly observe: Observe
}

/** Longer than Postgres takes to find a deadlock; nobody who holds a lock holds up others for longer. */
const LOCK_TIMEOUT_MS = 2_000

/** For the audit: which request made a change. For this transaction only. */
const SAY_REQUEST = {
  name: 'request',
  text: `select set_config('lakebase_graphql.request_id', $1, true), set_config('lock_timeout', '${LOCK_TIMEOUT_MS}', true)`,
}

/** READ COMMITTED: a statement that waited for another transaction sees what that one has done. */
const BEGIN = 'begin isolation level read committed read write'

/** Nothing is sent before `begin` is called. */
export function openTransaction(client: Client, options: TransactionOptions): Transaction {
  const { signal } = options
  const query = queryWith(client, options)
  let undecided = false
  let failure: unknown
  return {
    undecided: () => undecided,
    failedSo: (error) => error !== undefined && error === failure,
    async begin(first) {
      signal.throwIfAborted()
      return begin(client, options, () => query(first))
    },
    async run(statement) {
      try {
        return await runOrGoBack(client, signal, query(statement))
      } catch (error) {
        if (!(error instanceof RuleError)) failure = error
        throw error
      }
    },
    async commit(last) {
      signal.throwIfAborted()
      undecided = true
      const [before, end] = await Promise.allSettled([query(last), client.query('commit')])
      undecided = end.status === 'rejected' && !isAnswer(end.reason)
      if (end.status === 'rejected') throw end.reason
      if (before.status === 'rejected') throw before.reason
      const { command } = end.value
      if (command !== 'COMMIT') throw defect(`a transaction was to be committed, and Postgres said ${command}`)
    },
    async rollback() {
      signal.throwIfAborted()
      await client.query('rollback')
    },
  }
}

/** Where a rule refuses, what was done since the savepoint is undone, and the transaction is as it was then. */
async function runOrGoBack(client: Client, signal: AbortSignal, running: Promise<Row[]>): Promise<Row[]> {
  try {
    return await running
  } catch (error) {
    const broken = toRuleError(error)
    if (!broken) throw error
    signal.throwIfAborted()
    await client.query('rollback to savepoint begun')
    throw broken
  }
}

/** Only what the server says of the commit itself is an outcome: a connection that breaks, or a session that ends, says nothing. */
function isAnswer(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return false
  return error.severity !== 'FATAL' && error.severity !== 'PANIC' && kindOf(error) !== 'connection'
}

function queryWith(client: Client, { signal, nameOf, observe }: TransactionOptions) {
  return async (statement: Statement): Promise<Row[]> => {
    signal.throwIfAborted()
    const started = performance.now()
    const { rows } = await client.query<Values>(toQuery(statement, nameOf(statement.text)))
    observe({ event: 'statement', name: statement.name, rows: rows.length, ms: performance.now() - started })
    return rows.map((values) => toRow(statement.columns, values))
  }
}

/** All goes out together. The savepoint is where `run` goes back to. */
async function begin(
  client: Client,
  { as, requestId, settings }: TransactionOptions,
  sendFirst: () => Promise<Row[]>,
): Promise<Row[]> {
  const begun = client.query(BEGIN)
  const role = client.query(roleQuery(as, settings))
  const said = client.query({ ...SAY_REQUEST, values: [requestId] })
  const answer = sendFirst()
  const saved = client.query('savepoint begun')
  const [start, proof, ...steps] = await Promise.allSettled([begun, role, said, answer, saved])
  if (start.status === 'rejected') throw start.reason
  if (proof.status === 'rejected') throw unbound(proof.reason)
  for (const step of steps) if (step.status === 'rejected') throw step.reason
  return answer
}
