import { createRefreshed, type Refreshed } from '../credentials/index.ts'
import { AppError } from '../kernel/errors.ts'
import { type Principal, type Secret, type Workspace, WorkspaceError } from '../workspace/index.ts'
import { expiryOf } from './token-life.ts'

/** What the workspace has said of a token. */
export interface Proof {
  readonly owner: Principal
  /** In lower case: what an e-mail header may say beside this token. */
  readonly names: ReadonlySet<string>
  /** The password of the owner's role, minted with this token; undefined where viewers don't log in. */
  readonly password: Refreshed<string> | undefined
  /** `performance.now()` when the workspace answered. */
  readonly provenAt: number
  /** The token's own end, in ms since 1970. */
  readonly expiresAt: number
}

/** Postgres cuts role names at 63 bytes, so a longer name could log in as somebody else. */
const MAX_ROLE_BYTES = 63

/**
 * Asks the workspace whose token this is and, once for each token, whether it opens a database: one without the scope
 * `postgres` must not ride on connections that another token of the same user has opened.
 * @param endpoint undefined where viewers don't log in
 * @throws AppError UNAUTHENTICATED, FORBIDDEN, or UNAVAILABLE if the workspace gives no usable answer.
 */
export async function prove(
  workspace: Workspace,
  endpoint: string | undefined,
  token: string,
  earlier: Proof | undefined,
): Promise<Proof> {
  const password = earlier?.password ?? (endpoint === undefined ? undefined : passwordBy(workspace, endpoint))
  const minting = earlier ? undefined : password?.get(token).catch(asAppError)
  const [owner] = await Promise.all([ownerOf(workspace, token), minting])
  refuseLongName(owner.userName)
  const names = [owner.userName, ...owner.emails].map((name) => name.toLowerCase())
  return { owner, names: new Set(names), password, provenAt: performance.now(), expiresAt: expiryOf(token) }
}

/** @throws AppError FORBIDDEN */
export function refuseLongName(userName: string): void {
  if (Buffer.byteLength(userName) <= MAX_ROLE_BYTES) return
  throw new AppError(
    'FORBIDDEN',
    `A user name of more than ${MAX_ROLE_BYTES} bytes can’t be a Postgres role of its own.`,
  )
}

/** Minted by whichever token is given then: it isn't kept here. Who asks hears of failures. */
function passwordBy(workspace: Workspace, endpoint: string): Refreshed<string> {
  return createRefreshed({ fetch: (token) => mint(workspace, endpoint, token), onFailure: () => undefined })
}

/** What the workspace has answered may be of no use without being refused, such as a password that has expired. */
function asAppError(error: unknown): never {
  throw error instanceof WorkspaceError ? unavailable(error) : error
}

async function ownerOf(workspace: Workspace, token: string): Promise<Principal> {
  try {
    return await workspace.ownerOf(token)
  } catch (error) {
    if (!(error instanceof WorkspaceError)) throw error
    // Nothing but the token can be wrong with this request.
    if (!error.refused && error.status !== 400) throw unavailable(error)
    throw notAccepted(error)
  }
}

async function mint(workspace: Workspace, endpoint: string, token: string): Promise<Secret> {
  try {
    return await workspace.mintCredential(token, endpoint)
  } catch (error) {
    if (!(error instanceof WorkspaceError)) throw error
    if (!error.refused) throw unavailable(error)
    if (error.status === 401) throw notAccepted(error)
    const message =
      'This token opens no database. The app’s user authorization needs the scope "postgres", and you its consent: sign in again.'
    throw new AppError('FORBIDDEN', message, { cause: error })
  }
}

function unavailable(error: WorkspaceError): AppError {
  const message = `Your identity can’t be checked now: ${error.message}.`
  return new AppError('UNAVAILABLE', message, { retryAfterSeconds: 1, cause: error })
}

function notAccepted(cause: WorkspaceError): AppError {
  return new AppError('UNAUTHENTICATED', 'The workspace does not accept this token. Sign in again.', { cause })
}
