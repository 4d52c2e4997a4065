import { hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { LRUCache } from 'lru-cache'
import { AppError } from '../kernel/errors.ts'
import { readIdentityHeaders } from './headers.ts'
import { type Principal, toViewer, type Viewer } from './viewer.ts'
import type { Workspace } from './workspace.ts'

/** Turns a request's headers into its viewer, or throws an AppError: UNAUTHENTICATED, FORBIDDEN or UNAVAILABLE. */
export type Authenticate = (headers: IncomingMessage['headersDistinct']) => Promise<Viewer>

/** A token's proof holds this long, and never past the token's own `exp`. */
const PROOF_MS = 60_000
const MAX_PROOFS = 10_000
/** Postgres cuts role names at 63 bytes, so a longer name could log in as somebody else. */
const MAX_ROLE_BYTES = 63

interface Proof {
  readonly viewer: Viewer
  /** In lower case: what an e-mail header may say beside this token. */
  readonly names: ReadonlySet<string>
}

/**
 * The token says who someone is; an e-mail header may only agree with it. Proofs are kept by the token's hash, so the
 * workspace is asked once a minute for each token, and once for many requests that come together.
 */
export function createAuthenticate(workspace: Workspace): Authenticate {
  const proofs = new LRUCache<string, Proof, string>({
    max: MAX_PROOFS,
    ttl: PROOF_MS,
    fetchMethod: async (_hash, _stale, { options, context: token }) => {
      options.ttl = Math.min(PROOF_MS, remainingLife(token))
      return toProof(await workspace.ownerOf(token))
    },
  })
  return async (headers) => {
    const { token, email } = readIdentityHeaders(headers)
    if (remainingLife(token) <= 0) throw new AppError('UNAUTHENTICATED', 'This token has expired. Sign in again.')
    const key = hash('sha256', token, 'base64')
    const proof = await proofs.fetch(key, { context: token })
    if (!proof) throw new AppError('UNAUTHENTICATED', 'This token proves no identity. Sign in again.')
    if (email !== undefined && !proof.names.has(asUtf8(email).toLowerCase())) {
      throw new AppError(
        'FORBIDDEN',
        'The headers X-Forwarded-Email and X-Forwarded-Access-Token name different people.',
      )
    }
    return proof.viewer
  }
}

/** Node gives the bytes of a header as Latin-1. */
function asUtf8(header: string): string {
  return Buffer.from(header, 'latin1').toString()
}

function toProof(principal: Principal): Proof {
  if (Buffer.byteLength(principal.userName) > MAX_ROLE_BYTES) {
    throw new AppError(
      'FORBIDDEN',
      `A user name of more than ${MAX_ROLE_BYTES} bytes can’t be a Postgres role of its own.`,
    )
  }
  const names = [principal.userName, ...principal.emails].map((name) => name.toLowerCase())
  return { viewer: toViewer(principal), names: new Set(names) }
}

/** Milliseconds until the token's `exp` if it is a JWT that has one, else unbounded. Not a proof of anything. */
function remainingLife(token: string): number {
  const payload = token.split('.')[1]
  if (payload === undefined) return Number.POSITIVE_INFINITY
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
    if (typeof claims !== 'object' || claims === null || !('exp' in claims)) return Number.POSITIVE_INFINITY
    return typeof claims.exp === 'number' ? Math.floor(claims.exp * 1000) - Date.now() : Number.POSITIVE_INFINITY
  } catch {
    return Number.POSITIVE_INFINITY // an opaque token with dots in it
  }
}
