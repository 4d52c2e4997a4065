import type { IncomingMessage } from 'node:http'
import { AppError } from '../kernel/errors.ts'
import { asUtf8, readForwardedEmail, readIdentityHeaders } from './headers.ts'
import { createProofs, type Proofs, type ProofsOptions } from './proofs.ts'
import { type Proof, refuseLongName } from './prove.ts'
import { answerScopeOf, type CacheScope } from './scope.ts'
import { remainingLife } from './token-life.ts'
import { toViewer, type Viewer } from './viewer.ts'

export interface Authenticate {
  /** Turns a request's headers into its viewer, or throws an AppError: UNAUTHENTICATED, FORBIDDEN or UNAVAILABLE. */
  (headers: IncomingMessage['headersDistinct']): Promise<Viewer>
  /** Who asks, where that has been proven lately; undefined where more than a look is needed to say it, or to refuse. */
  known(headers: IncomingMessage['headers']): Known | undefined
}

/** Enough of a proven viewer to find what was made for them. */
export interface Known {
  readonly userName: string
  readonly scope: CacheScope
}

export interface AuthenticateOptions extends ProofsOptions {
  /** Where no token is forwarded, the e-mail header is taken for the identity, unproven: the operator's risk. */
  readonly trustForwardedEmail: boolean
}

/** The token says who someone is; an e-mail header may only agree with it. */
export function createAuthenticate({ trustForwardedEmail, ...options }: AuthenticateOptions): Authenticate {
  const proofs = createProofs(options)
  const authenticate = async (headers: IncomingMessage['headersDistinct']): Promise<Viewer> => {
    if (trustForwardedEmail && headers['x-forwarded-access-token'] === undefined) return trusted(headers)
    const { token, email } = readIdentityHeaders(headers)
    refuseExpired(token)
    const proof = await proofs.of(token)
    refuseExpired(token) // it may have ended while the workspace was asked
    if (!proof) throw new AppError('UNAUTHENTICATED', 'This token proves no identity. Sign in again.')
    if (contradicts(email, proof)) {
      throw new AppError(
        'FORBIDDEN',
        'The headers X-Forwarded-Email and X-Forwarded-Access-Token name different people.',
      )
    }
    return viewerOf(proof, token)
  }
  return Object.assign(authenticate, { known: knownBy(proofs) })
}

function knownBy(proofs: Proofs): Authenticate['known'] {
  const made = new WeakMap<Proof, { readonly known: Known; agreed: string | undefined }>()
  return ({ 'x-forwarded-access-token': token, 'x-forwarded-email': email }) => {
    // One that is there twice has a comma in it, and was never proven.
    const proof = typeof token === 'string' ? proofs.known(token) : undefined
    if (!proof || proof.expiresAt <= Date.now() || Array.isArray(email)) return undefined
    let found = made.get(proof)
    if (!found) {
      const viewer = toViewer(proof.owner, undefined)
      found = { known: { userName: viewer.userName, scope: answerScopeOf(viewer) }, agreed: undefined }
      made.set(proof, found)
    }
    if (email !== found.agreed) {
      if (contradicts(email, proof)) return undefined
      found.agreed = email
    }
    return found.known
  }
}

/** An empty one says nothing. */
function contradicts(email: string | undefined, { names }: Proof): boolean {
  return email !== undefined && email !== '' && !names.has(asUtf8(email).toLowerCase())
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
