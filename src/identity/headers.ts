import type { IncomingMessage } from 'node:http'
import { AppError } from '../kernel/errors.ts'

/** The identity that the platform's proxy put into a request's headers. */
export interface IdentityHeaders {
  readonly token: string
  /** Absent for a service principal. Never an identity by itself: the token is. */
  readonly email: string | undefined
}

const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/
const MAX_TOKEN_BYTES = 8_192
const MAX_EMAIL_BYTES = 320

/**
 * Reads the identity headers.
 * @throws AppError UNAUTHENTICATED if the token is missing, there twice, or no token by its form (RFC 6750 section 2.1);
 *   FORBIDDEN if the e-mail header is there twice or too long.
 */
export function readIdentityHeaders(headers: IncomingMessage['headersDistinct']): IdentityHeaders {
  const tokens = headers['x-forwarded-access-token'] ?? []
  const emails = headers['x-forwarded-email'] ?? []
  const [token] = tokens
  if (token === undefined) {
    throw new AppError(
      'UNAUTHENTICATED',
      'The header X-Forwarded-Access-Token is missing. Call through the Databricks App’s URL with user authorization on.',
    )
  }
  if (tokens.length > 1 || token.length > MAX_TOKEN_BYTES || !TOKEN.test(token)) {
    throw new AppError('UNAUTHENTICATED', 'The header X-Forwarded-Access-Token is not one well-formed token.')
  }
  const [email] = emails
  if (emails.length > 1 || (email !== undefined && Buffer.byteLength(email) > MAX_EMAIL_BYTES)) {
    throw new AppError('FORBIDDEN', 'The header X-Forwarded-Email is not one e-mail address.')
  }
  return { token, email: email === undefined || email === '' ? undefined : email }
}

const EMAIL = /^[^\s\p{C}\p{Z}@"\\\ufffd]+@[^\s\p{C}\p{Z}@"\\\ufffd]+$/u

/**
 * The e-mail header of a platform that forwards no token.
 * @throws AppError UNAUTHENTICATED if it is missing, there twice, or no e-mail address in UTF-8.
 */
export function readForwardedEmail(headers: IncomingMessage['headersDistinct']): string {
  const emails = headers['x-forwarded-email'] ?? []
  const email = asUtf8(emails[0] ?? '')
  if (emails.length === 1 && EMAIL.test(email)) return email
  const message = 'The header X-Forwarded-Email is not one e-mail address. Call through the Databricks App’s URL.'
  throw new AppError('UNAUTHENTICATED', message)
}

/** Node gives the bytes of a header as Latin-1. Bytes that are no text become U+FFFD. */
export function asUtf8(header: string): string {
  return Buffer.from(header, 'latin1').toString()
}
