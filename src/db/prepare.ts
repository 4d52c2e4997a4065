import { type Client, DatabaseError } from 'pg'
import type { Observe } from '../kernel/observe.ts'
import { untilAborted } from '../kernel/signals.ts'
import { type NamesOf, resolveTables } from './catalog.ts'
import { type CursorCodec, createCursorCodec } from './cursor.ts'
import { reasonOf } from './failures.ts'
import type { Indexing } from './indexes.ts'
import { runMigrations, STATEMENT_MS } from './migrate.ts'
import { nameOperators } from './operators.ts'
import { ensureOwnSchema, OWN_SCHEMA } from './own-schema.ts'
import { type Mend, type OwnedTables, setUpOwnedTables, withoutFailed } from './owned-tables.ts'
import type { ConnectionPool, WaitsFor } from './pool.ts'
import { rolesAboveRowSecurity } from './row-security.ts'
import type { Session } from './session.ts'
import type { DatabaseSettings } from './settings.ts'
import { soon } from './soon.ts'
import type { Preparing } from './supervisor.ts'
import type { TableDefinition, Tables } from './tables.ts'

/** What reading needs to know of the database as it is. */
export interface Prepared {
  readonly tables: Tables
  readonly cursors: CursorCodec
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
  let mends: Mends | undefined
  // Once: an instance that is on its way out must not put its own list in the place of a newer one's.
  let named = false
  const session = sessionFor(options.settings)
  const prepare = async (client: Client): Promise<Prepared> => {
    mends ??= await setUp(client, options)
    if (!named) await soon(nameOperators(client, options.settings.operators))
    named = true
    return soon(lookUp(client, options, mends))
  }
  let waitsFor: WaitsFor
  const onWait = (whom: WaitsFor): void => {
    waitsFor = whom
  }
  const prepareAndReport = async (signal: AbortSignal): Promise<Prepared> => {
    try {
      // Who stops doesn't wait for a turn or a migration: its connection is closed, and Postgres rolls it back.
      const prepared = await pool.use(session, signal, (client) => untilAborted(prepare(client), signal), onWait)
      const { fingerprint, problems } = prepared.tables
      if (problems.some(({ table }) => isOwned(options, table))) mends = undefined
      if (fingerprint !== known) pool.renew()
      known = fingerprint
      const state = JSON.stringify([problems, prepared.unbound])
      if (state !== reported) report(prepared, options.observe)
      reported = state
      indexing.ensure(prepared.tables)
      return prepared
    } catch (error) {
      if (error instanceof DatabaseError) mends = undefined
      throw error
    }
  }
  return { prepare: prepareAndReport, waitsFor: () => waitsFor }
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

/** Brings our own schema up to date, by the plain SQL files in `db/migrations`, and then the domains' tables. */
async function setUp(client: Client, { settings, source, owned, observe }: PrepareOptions): Promise<Mends> {
  const how = { turnMs: settings.migrationTurnMs, observe }
  await soon(ensureOwnSchema(client))
  await runMigrations(client, { folder: `${source}/db/migrations`, table: 'migrations' }, how)
  return setUpOwnedTables(client, { owned, source, ...how })
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
  const resolved = await resolveTables(client, { definitions, namesOf, viewerAccess, mendOf })
  const tables = withoutFailed(resolved, mends)
  const cursors = createCursorCodec(await readCursorKey(client))
  const unbound = await rolesAboveRowSecurity(client)
  await sweepKeys(client, options.observe)
  return { tables, cursors, unbound, at: performance.now() }
}

async function readCursorKey(client: Client): Promise<Buffer> {
  const { rows } = await client.query<{ cursor_key: Buffer }>(`select cursor_key from ${OWN_SCHEMA}.installation`)
  const [installation] = rows
  if (!installation) throw new Error(`${OWN_SCHEMA}.installation is empty; restore its row from a backup`)
  return installation.cursor_key
}
