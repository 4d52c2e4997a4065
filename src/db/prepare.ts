import { type Client, DatabaseError } from 'pg'
import type { Observe } from '../kernel/observe.ts'
import { untilAborted } from '../kernel/signals.ts'
import type { NamesOf } from './catalog.ts'
import { type CursorCodec, createCursorCodec } from './cursor.ts'
import { isForbidden, reasonOf } from './failures.ts'
import type { Indexing } from './indexes.ts'
import { lookUpTables, type Watched } from './made-from.ts'
import { runMigrations, STATEMENT_MS } from './migrate.ts'
import { nameOperators } from './operators.ts'
import { lookAtOwnSchema, OWN_SCHEMA } from './own-schema.ts'
import { type Mend, type OwnedTables, setUpOwnedTables, withoutFailed } from './owned-tables.ts'
import type { ConnectionPool, Waits } from './pool.ts'
import { rolesAboveRowSecurity } from './row-security.ts'
import type { Session } from './session.ts'
import { SetUpError } from './set-up-error.ts'
import type { DatabaseSettings } from './settings.ts'
import { soon } from './soon.ts'
import type { Preparing } from './supervisor.ts'
import type { TableDefinition, Tables } from './tables.ts'

/** What reading needs to know of the database as it is. */
export interface Prepared {
  readonly tables: Tables
  readonly cursors: CursorCodec
  /** What decides whether what was read still holds. */
  readonly watched: Watched
  /** Roles that no row-level security binds. */
  readonly unbound: readonly string[]
  /** Of `performance.now()`. */
  readonly at: number
}

export interface PrepareOptions {
  readonly settings: DatabaseSettings
  readonly tables: readonly TableDefinition[]
  /** Those of them that the app makes itself. */
  readonly owned: readonly OwnedTables[]
  readonly namesOf: NamesOf
  /** Tables that all users of the app may read by the operator's word. */
  readonly isPublic: (definition: TableDefinition) => boolean
  /** The folder below which migrations lie: `src/`. */
  readonly source: string
  readonly observe: Observe
}

/** A migration whose way to us is lost must not keep its turn: nothing else would tell Postgres. */
const IDLE_MS = 10_000

/** What isn't a migration's ends sooner, each by itself. */
function sessionFor({ migrationTurnMs }: DatabaseSettings): Session {
  const idle = String(Math.min(IDLE_MS, migrationTurnMs))
  return {
    settings: { lock_timeout: '2000', idle_in_transaction_session_timeout: idle },
    queryTimeoutMs: STATEMENT_MS + 5_000,
  }
}

/**
 * Prepares on one connection of its own, so that it proves the way to the server and not just a pool's memory of it, and
 * has what depends on the tables made anew if they have changed.
 */
export function prepareWith(options: PrepareOptions, pool: ConnectionPool, indexing: Indexing): Preparing<Prepared> {
  let known = ''
  let reported = ''
  // What the set-up said, once it is done: it is done again only after something of ours has gone missing.
  let done: SetUp | undefined
  // Once: an instance that is on its way out must not put its own list in the place of a newer one's.
  let named = false
  const session = sessionFor(options.settings)
  const prepare = async (client: Client): Promise<Prepared> => {
    done ??= await setUp(client, options)
    const { mends, problem } = done
    try {
      if (!named) await soon(nameOperators(client, options.settings.operators))
      named = true
      return await soon(lookUp(client, options, mends))
    } catch (error) {
      throw problem && isForbidden(error) ? problem : error
    }
  }
  const waits: Waits = { for: undefined }
  const prepareAndReport = async (signal: AbortSignal): Promise<Prepared> => {
    try {
      // Who stops doesn't wait for a turn or a migration: its connection is closed, and Postgres rolls it back.
      const prepared = await pool.use(session, signal, (client) => untilAborted(prepare(client), signal), waits)
      const { fingerprint, problems } = prepared.tables
      if (problems.some(({ table }) => isOwned(options, table))) done = undefined
      if (fingerprint !== known) pool.renew()
      known = fingerprint
      const state = JSON.stringify([problems, prepared.unbound])
      if (state !== reported) report(prepared, options.observe)
      reported = state
      indexing.ensure(prepared.tables)
      return prepared
    } catch (error) {
      if (error instanceof DatabaseError || error instanceof SetUpError) done = undefined
      throw error
    }
  }
  return { prepare: prepareAndReport, waitsFor: () => waits.for }
}

function isOwned({ owned }: PrepareOptions, table: string): boolean {
  return owned.some(({ tables }) => tables.some(({ key }) => key === table))
}

function report({ tables, unbound }: Prepared, observe: Observe): void {
  for (const problem of tables.problems) observe({ event: 'table.problem', ...problem })
  const mend = 'ALTER ROLE … NOBYPASSRLS, for those who are to see their own rows through this API'
  if (unbound.length > 0) observe({ event: 'row_security.bypassed', roles: unbound, mend })
}

type Mends = ReadonlyMap<TableDefinition, Mend>

/** What the set-up has left to say. */
interface SetUp {
  readonly mends: Mends
  /** Somebody else owns something of ours: whatever is forbidden is forbidden for that. */
  readonly problem: SetUpError | undefined
}

/**
 * Makes our own schema, brings it up to date by the plain SQL files in `db/migrations`, and then the domains' tables.
 * @throws SetUpError where it may not, with the SQL that mends that
 */
async function setUp(client: Client, { settings, source, owned, observe }: PrepareOptions): Promise<SetUp> {
  const how = { turnMs: settings.migrationTurnMs, observe }
  const { there, problem } = await soon(lookAtOwnSchema(client))
  if (!there && problem) throw problem
  try {
    if (!there) await soon(client.query(`create schema if not exists ${OWN_SCHEMA}`))
    await runMigrations(client, { folder: `${source}/db/migrations`, table: 'migrations' }, how)
  } catch (error) {
    throw problem && isForbidden(error) ? problem : error
  }
  // Somebody else's, but what we need of it works: the next migration won't.
  if (problem) observe({ event: 'table.problem', table: OWN_SCHEMA, problem: problem.publicReason, mend: problem.mend })
  return { problem, mends: await setUpOwnedTables(client, { owned, source, ...how }) }
}

/** More than come in the time between two looks. */
const MOST_SWEPT = 50_000

/** Removes idempotency keys whose time is over. Not by mutations: their transactions would hold each other up. */
async function sweepKeys(client: Client, observe: Observe): Promise<void> {
  const sweeping = client.query(
    `delete from ${OWN_SCHEMA}.idempotency_keys where ctid = any (array(
       select ctid from ${OWN_SCHEMA}.idempotency_keys where expires_at < clock_timestamp() limit $1 for update skip locked))`,
    [MOST_SWEPT],
  )
  // On a full disk, or a database that can't be written to, everything can still be read.
  await sweeping.catch((error: unknown) => observe({ event: 'sweep.failed', reason: reasonOf(error) }))
}

async function lookUp(client: Client, options: PrepareOptions, mends: Mends): Promise<Prepared> {
  const { settings, tables: definitions, namesOf } = options
  const { viewerAccess } = settings
  const mendOf = (definition: TableDefinition): string | undefined => mends.get(definition)?.mend
  const found = await lookUpTables(client, { definitions, namesOf, viewerAccess, mendOf })
  const { watched } = found
  const tables = withoutFailed(found.tables, mends)
  const cursors = createCursorCodec(await readCursorKey(client))
  const unbound = await rolesAboveRowSecurity(client)
  await sweepKeys(client, options.observe)
  return { tables, watched, cursors, unbound, at: performance.now() }
}

async function readCursorKey(client: Client): Promise<Buffer> {
  const { rows } = await client.query<{ cursor_key: Buffer }>(`select cursor_key from ${OWN_SCHEMA}.installation`)
  const [installation] = rows
  if (!installation) throw new Error(`${OWN_SCHEMA}.installation is empty; restore its row from a backup`)
  return installation.cursor_key
}
