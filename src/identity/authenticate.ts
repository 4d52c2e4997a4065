import type { IncomingMessage } from 'node:http'
import { AppError } from '../kernel/errors.ts'
import { readIdentityHeaders } from './headers.ts'
import { createProofs, type ProofsOptions } from './proofs.ts'
import { remainingLife } from './token-life.ts'
import type { Viewer } from './viewer.ts'

/** Turns a request's headers into its viewer, or throws an AppError: UNAUTHENTICATED, FORBIDDEN or UNAVAILABLE. */
export type Authenticate = (headers: IncomingMessage['headersDistinct']) => Promise<Viewer>

/** The token says who someone is; an e-mail header may only agree with it. */
export function createAuthenticate(options: ProofsOptions): Authenticate {
  const proofOf = createProofs(options)
  return async (headers) => {
    const { token, email } = readIdentityHeaders(headers)
    refuseExpired(token)
    const proof = await proofOf(token)
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
