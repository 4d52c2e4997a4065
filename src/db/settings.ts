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
  /** All connections of this process together. */
  readonly maxConnections: number
  /** A statement's longest time, in ms; a request's own deadline may come sooner. */
  readonly statementTimeoutMs: number
}
