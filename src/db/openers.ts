import type { ClientConfig } from 'pg'
import type { Viewer } from '../identity/index.ts'
import { type Connection, type Opener, openConnection } from './connection.ts'
import { isCredentialRefused, isForbidden, isLoginRefused, noDatabaseRole } from './failures.ts'
import { CONNECT_TIMEOUT_MS, claimsSession, clientConfig, readSession, type Session } from './session.ts'
import type { DatabaseSettings } from './settings.ts'

/** Whose rights decide what a statement sees: the app's own role, or a viewer. */
export type Principal = 'app' | Viewer

/** How connections of each principal are opened. */
export interface Openers {
  of(principal: Principal): Opener
  /** One of the app's own for work of another kind than reading, counted and opened by itself. */
  setUp(session: Session): Opener
}

export const APP = 'app'
/** While a login of a set-up hangs, another one is begun so often. */
export const HEDGE_MS = 1_000
/** Reads for everybody go on however many viewers log in: the app keeps this part of the budget once it has it. */
const APP_KEEPS = 0.1

export function createOpeners(settings: DatabaseSettings): Openers {
  const { connections, viewerAccess, user, password } = settings
  const session = readSession(settings)
  // A viewer's statements go out together with what must come before them.
  const config = { ...clientConfig(settings, session), pipeline: true }
  const claims = { ...clientConfig(settings, claimsSession(session)), pipeline: true }
  const ownConfig = viewerAccess === 'claims' ? claims : clientConfig(settings, session)
  const app: Opener = {
    key: APP,
    most: connections.max,
    kept: Math.ceil(connections.max * APP_KEEPS),
    ready: () => password.get(),
    open: (onLost) => openConnection(ownConfig, { user, password }, onLost),
  }
  let setUps = 0
  return {
    of: (principal) => (principal === 'app' || viewerAccess === 'claims' ? app : viewerOpener(principal)),
    setUp: (other) => ({
      key: `set-up ${++setUps}`,
      most: 1,
      kept: 1,
      ready: () => password.get(),
      open: (onLost) => openConnection(setUpConfig(settings, other), { user, password }, onLost),
    }),
  }

  function viewerOpener(viewer: Viewer): Opener {
    return {
      // The principal, by the workspace's id and the role's name: whoever gets another's name later is another.
      key: JSON.stringify([viewer.id, viewer.userName]),
      most: connections.maxPerViewer,
      kept: 0,
      ready: async () =>
        viewer.password?.get().catch((error: unknown) => {
          throw toRefusal(viewer, error)
        }),
      open: (onLost) => openFor(viewer, (login) => openConnection(config, login, onLost)),
    }
  }
}

/** Tries that hang must leave room for the next one, however small the budget is. */
function setUpConfig(settings: DatabaseSettings, session: Session): ClientConfig {
  const patienceMs = Math.min(CONNECT_TIMEOUT_MS, (settings.connections.max - 1) * HEDGE_MS)
  return { ...clientConfig(settings, session), connectionTimeoutMillis: patienceMs }
}

/** A password that is refused may have been replaced: it is minted once more. @throws AppError NO_DATABASE_ROLE */
async function openFor(
  viewer: Viewer,
  open: (login: { user: string; password: NonNullable<Viewer['password']> }) => Promise<Connection>,
): Promise<Connection> {
  const { userName: user, password } = viewer
  if (!password) throw new Error('a viewer without a password was to log in')
  for (let attempt = 1; ; attempt++) {
    try {
      return await open({ user, password })
    } catch (error) {
      if (attempt === 1 && isLoginRefused(error)) continue
      throw toRefusal(viewer, error)
    }
  }
}

/** No password is given for a while after one that was refused as soon as it came: that says the same. */
function toRefusal(viewer: Viewer, error: unknown): unknown {
  const refused = isLoginRefused(error) || isForbidden(error) || isCredentialRefused(error)
  return refused ? noDatabaseRole(viewer, error) : error
}
