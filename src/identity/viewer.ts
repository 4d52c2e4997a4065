import type { Refreshed } from '../credentials/index.ts'
import type { Principal } from '../workspace/index.ts'

declare const proven: unique symbol

/**
 * Who is asking, proven by the workspace. Only `identity/` makes one, and everything that reads data wants one: SQL
 * without a viewer doesn't compile. Frozen.
 */
export interface Viewer {
  /** The workspace's id of the principal. */
  readonly id: string
  readonly kind: 'user' | 'servicePrincipal'
  /** The name of the principal's Postgres role: a user's e-mail address, a service principal's client id. */
  readonly userName: string
  readonly displayName: string
  /** Undefined for a service principal. */
  readonly email: string | undefined
  /** Names of the groups that the workspace has the principal in. */
  readonly groups: readonly string[]
  /** Opens connections of the principal's own role, by this request's token. Undefined where viewers don't log in. */
  readonly password: Refreshed | undefined
  readonly [proven]: true
}

const CLIENT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** For `authenticate` alone: turns a principal that has been proven into a viewer. */
export function toViewer(principal: Principal, password: Refreshed | undefined): Viewer {
  const { id, userName, displayName, emails, groups } = principal
  const kind = CLIENT_ID.test(userName) ? 'servicePrincipal' : 'user'
  const email = kind === 'user' ? (emails[0] ?? userName) : undefined
  const viewer: Omit<Viewer, typeof proven> = { id, kind, userName, displayName, email, groups, password }
  return Object.freeze(viewer) as Viewer
}
