/** Every `extensions.code` that a client can meet, with the HTTP status of an answer that fails as a whole. */
export const ERROR_STATUS = {
  /** The operation's text is not GraphQL. */
  GRAPHQL_PARSE_FAILED: 400,
  /** The operation doesn't fit the schema. */
  GRAPHQL_VALIDATION_FAILED: 400,
  /** A variable or argument has a wrong value; `extensions.argument` names it. */
  BAD_USER_INPUT: 400,
  /** The HTTP request itself is malformed. */
  BAD_REQUEST: 400,
  /** No identity, or one that the workspace doesn't know. */
  UNAUTHENTICATED: 401,
  /** The identity headers contradict each other, or Postgres refuses this viewer. */
  FORBIDDEN: 403,
  /** The viewer has no role in Postgres, or one that may not log in. */
  NO_DATABASE_ROLE: 403,
  /** No document is registered under the `documentId`. */
  DOCUMENT_NOT_FOUND: 404,
  /** Only registered documents are answered here. */
  DOCUMENT_NOT_TRUSTED: 403,
  /** `X-Client` names a version of the SDK that is no longer answered. */
  CLIENT_TOO_OLD: 400,
  /** There is nothing at this path. */
  NOT_FOUND: 404,
  /** No answer can have the media type that the request accepts. */
  NOT_ACCEPTABLE: 406,
  /** Mutations go by POST. */
  METHOD_NOT_ALLOWED: 405,
  /** The body didn't arrive in time. */
  REQUEST_TIMEOUT: 408,
  /** The body is too large. */
  PAYLOAD_TOO_LARGE: 413,
  /** POST takes application/json. */
  UNSUPPORTED_MEDIA_TYPE: 415,
  /** Too many tokens, levels, aliases or directives, or too large pages. */
  OPERATION_LIMIT_EXCEEDED: 400,
  /** The table or column behind a field is missing or may not be read. */
  TABLE_UNAVAILABLE: 200,
  /** A stored value that the field's type can't express. */
  UNREPRESENTABLE_VALUE: 200,
  /** The database or the workspace can't be reached now; `Retry-After` says when to come back. */
  UNAVAILABLE: 503,
  /** A write may have been done or not: the database was lost during the commit. */
  OUTCOME_UNKNOWN: 503,
  /** Too many of something at once or in a row. */
  RATE_LIMITED: 429,
  /** The request's time is up. */
  DEADLINE_EXCEEDED: 504,
  /** A defect of ours; the log has the details under the request's id. */
  INTERNAL_SERVER_ERROR: 500,
} as const

export type ErrorCode = keyof typeof ERROR_STATUS

interface AppErrorDetails {
  /** The argument at fault, as a path: `filter.pickupZip`. */
  readonly argument?: string
  /** Seconds after which it makes sense to try again. */
  readonly retryAfterSeconds?: number
  readonly cause?: unknown
}

/** A failure that its receiver may read: `message` goes to the client as it is, so it names no SQL, host or token. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly argument: string | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, message: string, details: AppErrorDetails = {}) {
    super(message, { cause: details.cause })
    this.code = code
    this.argument = details.argument
    this.retryAfterSeconds = details.retryAfterSeconds
  }
}

/** A wrong argument: says which, what was expected, and how to mend it. */
export function badInput(argument: string, message: string, cause?: unknown): AppError {
  return new AppError('BAD_USER_INPUT', message, { argument, cause })
}

/** The text of anything that was thrown, for logs. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
