import type { ClientConfig } from 'pg'
import type { DatabaseSettings } from './settings.ts'

/** A role to log in as, and what opens it. */
export interface Login {
  readonly user: string
  readonly password: DatabaseSettings['password']
}

/** What a connection is for. */
export interface Session {
  /** Settings of Postgres, by name. */
  readonly settings: Readonly<Record<string, string>>
  /** The longest that one answer may take, in ms; the connection is given up then. */
  readonly queryTimeoutMs: number
}

export const CONNECT_TIMEOUT_MS = 5_000

/** After a statement's time is up, so long for the server to say so. */
const ENDING_MS = 2_000

/** Reads can't write, whatever text they carry. */
export function readSession({ statementTimeoutMs }: DatabaseSettings): Session {
  const settings = {
    default_transaction_read_only: 'on',
    max_parallel_workers_per_gather: '0', // pages are short, and their order is the plan's
    jit: 'off',
    statement_timeout: String(statementTimeoutMs),
    idle_in_transaction_session_timeout: String(statementTimeoutMs),
  }
  return { settings, queryTimeoutMs: statementTimeoutMs + ENDING_MS }
}

/** In it the app may say who is asking: `lakebase_graphql.viewer()` hears nobody else. */
export function claimsSession({ settings, ...rest }: Session): Session {
  return { ...rest, settings: { ...settings, 'lakebase_graphql.access': 'claims' } }
}

/** What every connection of ours is set to. */
export function clientConfig(settings: DatabaseSettings, session: Session): ClientConfig {
  const options = {
    TimeZone: 'UTC',
    DateStyle: 'ISO',
    IntervalStyle: 'postgres',
    client_connection_check_interval: '1000',
    ...session.settings,
  }
  return {
    host: settings.host,
    port: settings.port,
    database: settings.database,
    ssl: settings.tls === false ? false : { rejectUnauthorized: true, ...settings.tls },
    application_name: 'lakebase-graphql',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: session.queryTimeoutMs,
    keepAlive: true,
    options: Object.entries(options)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  }
}
