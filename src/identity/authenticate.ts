import type { IncomingMessage } from 'node:http'
import { AppError } from '../kernel/errors.ts'
import { asUtf8, readForwardedEmail, readIdentityHeaders } from './headers.ts'
import { createProofs, type ProofsOptions } from './proofs.ts'
import { type Proof, refuseLongName } from './prove.ts'
import { remainingLife } from './token-life.ts'
import { toViewer, type Viewer } from './viewer.ts'

/** Turns a request's headers into its viewer, or throws an AppError: UNAUTHENTICATED, FORBIDDEN or UNAVAILABLE. */
export type Authenticate = (headers: IncomingMessage['headersDistinct']) => Promise<Viewer>

export interface AuthenticateOptions extends ProofsOptions {
  /** Where no token is forwarded, the e-mail header is taken for the identity, unproven: the operator's risk. */
  readonly trustForwardedEmail: boolean
}

/** The token says who someone is; an e-mail header may only agree with it. */
export function createAuthenticate({ trustForwardedEmail, ...options }: AuthenticateOptions): Authenticate {
  const proofOf = createProofs(options)
  return async (headers) => {
    if (trustForwardedEmail && headers['x-forwarded-access-token'] === undefined) return trusted(headers)
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
    return viewerOf(proof, token)
  }
}

/** The token lives as long as the request: what is kept between requests knows its hash only. */
function viewerOf({ owner, password }: Proof, token: string): Viewer {
  return toViewer(owner, password && { get: () => password.get(token), refuse: password.refuse })
}

function trusted(headers: IncomingMessage['headersDistinct']): Viewer {
  const email = readForwardedEmail(headers)
  refuseLongName(email)
  return toViewer({ id: email, userName: email, displayName: email, emails: [email], groups: [] }, undefined)
}

function refuseExpired(token: string): void {
  if (remainingLife(token) <= 0) throw new AppError('UNAUTHENTICATED', 'This token has expired. Sign in again.')
}
