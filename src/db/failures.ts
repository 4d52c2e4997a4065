import { DatabaseError, escapeLiteral } from 'pg'
import type { Viewer } from '../identity/index.ts'
import { AppError, messageOf } from '../kernel/errors.ts'
import { WorkspaceError } from '../workspace/index.ts'
import { SetUpError } from './set-up-error.ts'

/**
 * What a failed statement means for whoever ran it:
 * `connection`: the server or the way to it is gone; a read may be tried again on another connection.
 * `overload`: it is there but out of connections, memory or disk.
 * `drift`: a table or column isn't what it was when the statement was built.
 * `conflict`: Postgres gave up this transaction for another's sake; a read may be tried again.
 * `excluded`: another transaction was first, by an exclusion constraint; the next try sees what it did, as a rule.
 * `unbound`: row-level security doesn't bind the role that asks; nothing was read.
 * `locked`: somebody else held for too long what it wanted to change.
 * `timeout`: the server ended it after `statement_timeout`. `input`: a parameter's value. `other`: a defect of ours.
 */
export type FailureKind =
  | 'connection'
  | 'overload'
  | 'drift'
  | 'conflict'
  | 'excluded'
  | 'locked'
  | 'unbound'
  | 'timeout'
  | 'input'
  | 'other'

/** What `pg` says of a server that refuses TLS. */
export const NO_TLS = 'The server does not support SSL connections'

const BY_CODE: Readonly<Record<string, FailureKind>> = {
  '42P01': 'drift', // undefined table
  '42703': 'drift', // undefined column
  '42501': 'drift', // insufficient privilege: a swapped table has lost its grants
  '0A000': 'drift', // cached plan must not change result type
  '42883': 'drift', // no such operator: a column has another type
  '42804': 'drift', // wrong type
  '3F000': 'drift', // no such schema
  LG001: 'unbound', // of our own `require_row_security`
  LG002: 'unbound', // of our own `require_rules`
  '40001': 'conflict',
  '23P01': 'excluded',
  '40P01': 'conflict',
  '55P03': 'locked', // lock not available in time
  '2200H': 'other', // a sequence has no more numbers: nobody's input
  '57014': 'timeout',
  '25P03': 'connection', // idle for too long within a transaction
  '57P01': 'connection',
  '57P02': 'connection',
  '57P03': 'connection',
}

const BY_CLASS: Readonly<Record<string, FailureKind>> = {
  '08': 'connection',
  '22': 'input',
  '28': 'connection', // the login is refused
  '53': 'overload', // out of connections, memory or disk
}

/** The role that a connection was opened for isn't, or may not be, the one that it has now. */
export class UnboundError extends Error {
  override readonly name = 'UnboundError'

  constructor(cause: unknown) {
    super(messageOf(cause), { cause })
  }
}

/** Sorts what `pg` threw by its SQLSTATE; what has none never came from the server: sockets, time-outs. */
export function kindOf(error: unknown): FailureKind {
  if (error instanceof AppError) return 'other'
  if (error instanceof UnboundError) return 'unbound'
  if (!(error instanceof DatabaseError)) return 'connection'
  const code = error.code ?? ''
  return BY_CODE[code] ?? BY_CLASS[code.slice(0, 2)] ?? 'other'
}

/** Whether the server has refused a role or its password. */
export function isLoginRefused(error: unknown): boolean {
  return error instanceof DatabaseError && error.code?.startsWith('28') === true
}

/** Whether Postgres has said that this role may not do that. */
export function isForbidden(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '42501'
}

/** Whether passwords are refused as soon as they come. */
export function isCredentialRefused(error: unknown): boolean {
  return error instanceof WorkspaceError && error.refused
}

/** Whether there is no password to log in with: connections that are open don't mind. */
export function isPasswordMissing(error: unknown): boolean {
  return error instanceof WorkspaceError
}

/** What a client may know of a failed statement. The cause goes to the log only. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  switch (kindOf(error)) {
    case 'connection':
      return unavailable(error)
    case 'overload':
    case 'conflict':
    case 'excluded':
      return unavailable(error, 'Postgres has too much to do')
    case 'locked':
    case 'timeout':
      return new AppError('DEADLINE_EXCEEDED', 'The database did not answer in time. Ask for less.', { cause: error })
    case 'input':
      return new AppError('BAD_USER_INPUT', 'A value, given or stored, lies outside what Postgres can compute with.', {
        cause: error,
      })
    case 'drift':
      return new AppError('TABLE_UNAVAILABLE', 'A table behind this field has changed or may not be read.', {
        cause: error,
      })
    case 'unbound':
      return new AppError(
        'TABLE_UNAVAILABLE',
        'Row-level security doesn’t bind the role that you have in Postgres, or it is another one than yours.',
        {
          cause: error,
        },
      )
    case 'other':
      return new AppError('INTERNAL_SERVER_ERROR', 'Unexpected error.', { cause: error })
  }
}

/** 403: what a viewer's own role may not read or change. Rights that were looked up may be a minute old, so it can come to this. */
export function forbidden(cause: unknown, doing: 'read' | 'change' = 'read'): AppError {
  return new AppError('FORBIDDEN', `Your role in Postgres may not ${doing} this.`, { cause })
}

export type Named = Pick<Viewer, 'userName' | 'kind'>

/** 403: a viewer who can't log in. */
export function noDatabaseRole({ userName, kind }: Named, cause?: unknown): AppError {
  const type = kind === 'user' ? 'USER' : 'SERVICE_PRINCIPAL'
  const sql = `SELECT databricks_create_role(${escapeLiteral(userName)}, '${type}');`
  return new AppError(
    'NO_DATABASE_ROLE',
    `You can’t log in to this database: your role is missing, may not log in, or lacks CONNECT. An operator does what docs/security.md says under “Setting up roles”, beginning with: ${sql} It takes effect within a minute.`,
    { cause },
  )
}

class UnavailableError extends AppError {
  readonly reason: string

  constructor(reason: string, cause: unknown) {
    super('UNAVAILABLE', `Nothing can be read now: ${reason}.`, { retryAfterSeconds: 1, cause })
    this.reason = reason
  }
}

/** 503: nothing can be read now. */
export function unavailable(cause: unknown, reason = 'Postgres can’t be reached'): AppError {
  return new UnavailableError(reason, cause)
}

/** Why nothing can be read, for the readiness page: no host, no SQL. */
export function publicReasonOf(error: unknown): string {
  if (error instanceof UnavailableError) return error.reason
  if (error instanceof AppError) return error.message
  if (error instanceof SetUpError) return error.publicReason
  if (error instanceof WorkspaceError) return `the app gets no database credential: ${error.message}`
  if (messageOf(error) === NO_TLS) return 'Postgres speaks no TLS; see PGSSLMODE'
  if (isUntrusted(error)) return 'the certificate of Postgres is not trusted; see PGSSLROOTCERT and PGHOST'
  if (!(error instanceof DatabaseError)) return 'Postgres can’t be reached'
  if (isLoginRefused(error)) return `Postgres refuses the app’s login (SQLSTATE ${error.code ?? 'not told'})`
  if (error.code === '3D000') return 'there is no such database (SQLSTATE 3D000)'
  if (kindOf(error) === 'connection') return `Postgres takes no connections now (SQLSTATE ${error.code ?? 'not told'})`
  return `Postgres refuses what the app needs at its start (SQLSTATE ${error.code ?? 'not told'}); the log says more`
}

/** What Node says of a certificate that it doesn't take: its name, its signer, its dates. */
export function isUntrusted(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /CERT|ISSUER|LEAF_SIGNATURE/.test(String(error.code))
}

/** Why, for the log and the readiness page: SQLSTATE and Postgres' words, but no data. */
export function reasonOf(error: unknown): string {
  if (error instanceof AppError && error.cause !== undefined) return reasonOf(error.cause)
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ')
  return error instanceof DatabaseError ? `${error.code}: ${error.message}` : messageOf(error)
}
