import { hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { LRUCache } from 'lru-cache'
import { AppError } from '../kernel/errors.ts'
import type { Workspace } from '../workspace/index.ts'
import { readIdentityHeaders } from './headers.ts'
import { type Proof, prove } from './prove.ts'
import type { Viewer } from './viewer.ts'

/** Turns a request's headers into its viewer, or throws an AppError: UNAUTHENTICATED, FORBIDDEN or UNAVAILABLE. */
export type Authenticate = (headers: IncomingMessage['headersDistinct']) => Promise<Viewer>

export interface AuthenticateOptions {
  readonly workspace: Workspace
  /** The Lakebase endpoint whose credentials a token must be able to mint; undefined where viewers don't log in. */
  readonly endpoint: string | undefined
  /** A proof holds this long, in ms, and never past the token's own `exp`. */
  readonly proofMs: number
  /** And this long, in ms, while the workspace gives no usable answer. */
  readonly graceMs: number
}

const MAX_PROOFS = 10_000
/** How often a workspace is asked again while it gives no usable answer. */
const ASK_AGAIN_MS = 5_000

/**
 * The token says who someone is; an e-mail header may only agree with it. Proofs are kept by the token's hash, so the
 * workspace is asked once a minute for each token, and once for many requests that come together.
 */
export function createAuthenticate({ workspace, endpoint, proofMs, graceMs }: AuthenticateOptions): Authenticate {
  const proofs = new LRUCache<string, Proof, string>({
    max: MAX_PROOFS,
    ttl: proofMs,
    fetchMethod: async (_hash, earlier, { options, context: token }) => {
      try {
        const proof = await prove(workspace, endpoint, token, earlier)
        options.ttl = Math.max(1, Math.min(proofMs, remainingLife(token)))
        return proof
      } catch (error) {
        // A refusal ends a proof at once; no answer doesn't, for a while.
        const unknown = error instanceof AppError && error.code === 'UNAVAILABLE'
        const left = earlier === undefined ? 0 : earlier.provenAt + graceMs - performance.now()
        if (!earlier || !unknown || left <= 0) throw error
        options.ttl = Math.max(1, Math.min(ASK_AGAIN_MS, Math.floor(left), remainingLife(token)))
        return earlier
      }
    },
  })
  return async (headers) => {
    const { token, email } = readIdentityHeaders(headers)
    refuseExpired(token)
    const proof = await proofs.fetch(hash('sha256', token, 'base64'), { context: token })
    refuseExpired(token) // it may have ended while the workspace was asked
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

function refuseExpired(token: string): void {
  if (remainingLife(token) <= 0) throw new AppError('UNAUTHENTICATED', 'This token has expired. Sign in again.')
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
