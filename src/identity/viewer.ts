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
  readonly [proven]: true
}

const CLIENT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** For `authenticate` alone: turns a principal that a token has proven into a viewer. */
export function toViewer(principal: Principal): Viewer {
  const viewer: Omit<Viewer, typeof proven> = {
    id: principal.id,
    kind: CLIENT_ID.test(principal.userName) ? 'servicePrincipal' : 'user',
    userName: principal.userName,
    displayName: principal.displayName,
  }
  return Object.freeze(viewer) as Viewer
}
