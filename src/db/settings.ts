import type { Refreshed } from '../credentials/index.ts'

/** How to reach Postgres. Made by `src/config/config.ts`. */
export interface DatabaseSettings {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: Refreshed
  /** `false`: no TLS. Otherwise the server's chain and name are verified, against `ca` (PEM) or the system's roots. */
  readonly tls: false | { readonly ca: string | undefined }
  readonly connections: ConnectionBudget
  /** Whether viewers log in as themselves, or the app says for each transaction who is asking. */
  readonly viewerAccess: 'login' | 'claims'
  /** Names of viewers, groups or roles who may read what is for operators. */
  readonly operators: readonly string[]
  /** While a table or column is missing, this often at most it is looked whether it has come, in ms. */
  readonly lookSoonMs: number
  /** How long a start waits for another instance that migrates, in ms; then it says so, and tries again. */
  readonly migrationTurnMs: number
  /** A statement's longest time, in ms; a request's own deadline may come sooner. */
  readonly statementTimeoutMs: number
}

/** Connections of this process. */
export interface ConnectionBudget {
  /** All together, from the beginning of a login until the server has let it go. */
  readonly max: number
  /** Of one viewer. */
  readonly maxPerViewer: number
  /** One that nobody has used for so long is closed, in ms. */
  readonly idleMs: number
  /** One that is older is not lent any more, in ms. */
  readonly lifeMs: number
  /** The longest that somebody waits for one, in ms. */
  readonly queueMs: number
}
