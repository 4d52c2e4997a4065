import type { Client } from 'pg'
import type { Watched } from '../made-from.ts'
import { OWN_SCHEMA } from '../own-schema.ts'
import type { ConnectionPool } from '../pool.ts'
import type { Session } from '../session.ts'
import { POLL } from './poll-statement.ts'

/** A change of a table, as a trigger has noted it. */
export interface Change {
  /** Quoted. */
  readonly table: string
  /**
   * Of each row that has changed, as it was and as it is: its key, and its values in `columns`, as texts; null if there were more
   * than are listed.
   */
  readonly rows: readonly (readonly (string | null)[])[] | null
  /** How long before the poll it was made, in ms; its transaction may have been committed later. */
  readonly ageMs: number
  /** Columns that lists depend on, by their names in Postgres. */
  readonly columns: readonly string[]
}

/** What one poll has found; all of it is of one moment. */
export interface Poll {
  /** For the next one. */
  readonly snapshot: string
  /** How many transactions have finished. */
  readonly position: number
  /** Which life of which database it is of. */
  readonly epoch: string
  /** When Postgres was started. */
  readonly started: string
  /** Whether `changes` is all there was since the snapshot before; null if there was none. */
  readonly complete: boolean | null
  /** In the order in which rows were changed. */
  readonly changes: readonly Change[]
  /** Another text as soon as it may be otherwise who may see what, or whether changes are noted. */
  readonly authorization: string
  readonly synced: readonly SyncedVersion[]
}

export interface SyncedVersion {
  readonly table: string
  readonly version: string
  /** Somebody is writing to it now. */
  readonly writing: boolean
}

/** A session of the app's own in which changes are read. */
export interface ChangeSource {
  /** What has happened since a snapshot. @throws if Postgres doesn't answer in time */
  poll(since: string | undefined): Promise<Poll>
  /** Sends a wake-up, which must come back. */
  ring(): Promise<void>
  /** Gives the database's life another name: its time has gone backwards. */
  renewEpoch(epoch: string): Promise<void>
  /** Resolves when the connection has gone. */
  readonly lost: Promise<void>
}

/** Opens a session for `work`, and closes it after; `onWake` hears that there may be something to read. */
export type OpenChanges = (
  work: (source: ChangeSource) => Promise<void>,
  how: { readonly signal: AbortSignal; readonly onWake: () => void },
) => Promise<void>

/** A poll that takes longer has failed, in ms. */
const POLL_MS = 1_500
/** With more changes than this since the last poll, everything may have changed. */
const MAX_CHANGES = 1_000
const CHANNEL = 'lakebase_graphql_changes'

/** Each of a poll's tables is small, and its plan is made before that is known. */
const SESSION: Session = {
  settings: {
    enable_hashjoin: 'off',
    enable_mergejoin: 'off',
    enable_seqscan: 'off',
    plan_cache_mode: 'force_generic_plan',
    jit: 'off',
    search_path: 'pg_catalog,pg_temp',
    max_parallel_workers_per_gather: '0',
    statement_timeout: String(POLL_MS),
    lock_timeout: String(POLL_MS),
  },
  queryTimeoutMs: POLL_MS,
}

/** LISTEN and polls share a connection: a poll proves that wake-ups can come. */
export function openChangesBy(pool: ConnectionPool, watched: () => Watched): OpenChanges {
  return (work, { signal, onWake }) =>
    pool.use(SESSION, signal, async (client) => {
      client.on('notification', onWake)
      const lost = new Promise<void>((resolve) => client.once('end', resolve))
      await nameCopy(client)
      await client.query(`listen ${CHANNEL}`)
      await work({
        lost,
        poll: (since) => poll(client, watched(), since),
        async ring() {
          await client.query(`notify ${CHANNEL}`)
        },
        async renewEpoch(epoch) {
          await client.query(
            `update ${OWN_SCHEMA}.change_log_state set incarnation = gen_random_uuid() where $1 like '% ' || incarnation`,
            [epoch],
          )
        },
      })
    })
}

type Polled = Omit<Poll, 'position' | 'changes'> & {
  readonly position: string
  /** A table that has been dropped since has no name. */
  readonly changes: readonly (Pick<Change, 'rows' | 'ageMs'> & { readonly table: string | null })[]
}

async function poll(client: Client, watched: Watched, since: string | undefined): Promise<Poll> {
  const { noted, synced, functions } = watched
  const values = [since ?? null, noted, synced, functions, MAX_CHANGES + 1]
  const { rows } = await client.query<Polled>({ name: 'poll', text: POLL, values })
  const [row] = rows
  if (!row) throw new Error(`${OWN_SCHEMA}.change_log_state is empty; restore its row`)
  const position = Number(row.position)
  if (!Number.isSafeInteger(position)) throw new Error(`the position ${row.position} can’t be counted with`)
  // What is made from a table that has been dropped, the authorization of the moment has forgotten.
  const changes = row.changes.flatMap(({ table, ...change }) =>
    table === null ? [] : [{ ...change, table, columns: watched.columns.get(table) ?? [] }],
  )
  const complete = row.complete === null ? null : row.complete && row.changes.length <= MAX_CHANGES
  return { ...row, position, changes, complete }
}

/** Another server's data, or a copy of ours, is another life of the database: its positions mean something else. */
async function nameCopy(client: Client): Promise<void> {
  const { rows } = await client.query<{ same: boolean }>(
    `select system_identifier = (select system_identifier::text from pg_control_system()) as same from ${OWN_SCHEMA}.change_log_state`,
  )
  if (rows[0]?.same) return
  await client.query(
    `update ${OWN_SCHEMA}.change_log_state
        set incarnation = case when system_identifier is null then incarnation else gen_random_uuid() end,
            system_identifier = (select system_identifier::text from pg_control_system())`,
  )
}
