import { DatabaseError } from 'pg'
import { AppError, messageOf } from '../kernel/errors.ts'
import { type FailureKind, kindOf, toAppError } from './failures.ts'

/** A rule of a table's, in Postgres, refuses a change. The message is fit for whoever asked for it. */
export class RuleError extends Error {
  override readonly name = 'RuleError'
  /** `LG101`: what is refused, by SQLSTATE. */
  readonly rule: string
  /** What the rule says beside its message. */
  readonly detail: string | undefined

  constructor({ code = '', message, detail }: DatabaseError) {
    super(message)
    this.rule = code
    this.detail = detail
  }
}

/** Rules raise SQLSTATEs of their own. Undefined for every other error. */
export function toRuleError(error: unknown): RuleError | undefined {
  return error instanceof DatabaseError && error.code?.startsWith('LG1') ? new RuleError(error) : undefined
}

/** What a client may know of a write that came to nothing. */
export function notWritten(error: unknown): AppError {
  const known = toAppError(error)
  if (isWithoutRules(error)) {
    const message = 'Nothing can be written to this table: its rules are missing or off, or don’t bind your role.'
    return new AppError('TABLE_UNAVAILABLE', message, { cause: error })
  }
  const reason = REASONS[kindOf(error)]
  if (reason === undefined || error instanceof AppError) return known
  return new AppError('UNAVAILABLE', `Nothing was written: ${reason}.`, { retryAfterSeconds: 1, cause: error })
}

/** Where it makes sense to try again. */
const REASONS: Partial<Record<FailureKind, string>> = {
  connection: 'Postgres can’t be reached',
  overload: 'Postgres has too much to do',
  conflict: 'Postgres has too much to do',
  excluded: 'somebody else is changing the same just now',
  locked: 'somebody else is changing the same just now',
}

/** The request's time was up, or its client has left, before anything was committed. */
export function notWrittenInTime(reason: unknown): AppError {
  return new AppError('DEADLINE_EXCEEDED', `Nothing was written by this: ${messageOf(reason)}`, { cause: reason })
}

function isWithoutRules(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === 'LG002'
}

/** 503: a write may have been done or not. */
export function outcomeUnknown(cause: unknown, hasKey: boolean): AppError {
  const advice = hasKey
    ? 'Send the same again with the same Idempotency-Key: it is done once, and you learn what came of it.'
    : 'Look whether it was done before you send it again. A request with an Idempotency-Key can just be sent again.'
  const message = `The database gave no answer to the commit in time, so it isn’t known whether this was done. ${advice}`
  return new AppError('OUTCOME_UNKNOWN', message, { retryAfterSeconds: 1, cause })
}

/** 503: what was done before, under the same key, is known but can't be read. */
export function notShown(cause: unknown): AppError {
  const message =
    'This was done before, under the same Idempotency-Key, and can’t be shown just now. Send it again later.'
  return new AppError('OUTCOME_UNKNOWN', message, { retryAfterSeconds: 1, cause })
}

/** 500: a defect of ours. Nothing was written. */
export function defect(cause: unknown): AppError {
  return new AppError('INTERNAL_SERVER_ERROR', 'Unexpected error. Nothing was written.', { cause })
}
