import { AppError } from '../kernel/errors.ts'
import { type Principal, type Secret, type Workspace, WorkspaceError } from '../workspace/index.ts'
import { toViewer, type Viewer } from './viewer.ts'

/** What the workspace has said of a token. */
export interface Proof {
  readonly viewer: Viewer
  /** In lower case: what an e-mail header may say beside this token. */
  readonly names: ReadonlySet<string>
  /** The password that was minted with this token; undefined where viewers don't log in. */
  readonly password: Secret | undefined
  /** `performance.now()` when the workspace answered. */
  readonly provenAt: number
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
  const minting = earlier?.password ?? (endpoint === undefined ? undefined : mint(workspace, endpoint, token))
  const [owner, password] = await Promise.all([ownerOf(workspace, token), minting])
  if (Buffer.byteLength(owner.userName) > MAX_ROLE_BYTES) {
    throw new AppError(
      'FORBIDDEN',
      `A user name of more than ${MAX_ROLE_BYTES} bytes can’t be a Postgres role of its own.`,
    )
  }
  const names = [owner.userName, ...owner.emails].map((name) => name.toLowerCase())
  return { viewer: toViewer(owner), names: new Set(names), password, provenAt: performance.now() }
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
