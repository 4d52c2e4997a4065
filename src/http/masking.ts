import { GraphQLError } from 'graphql'
import { AppError, ERROR_STATUS, type ErrorCode } from '../kernel/errors.ts'
import type { Observe } from '../kernel/observe.ts'
import { LIMITS } from './limits.ts'

/** Errors can quote what a client sent; the answer must stay small all the same. */
const MAX_MESSAGE = 400

/**
 * What a client gets to see of an error: an AppError or a GraphQL error as it is, with its code; of anything else
 * nothing but that it happened; `report` hears of those.
 */
export function maskError(error: unknown, requestId: string, report: (error: unknown) => void): GraphQLError {
  const app = findAppError(error)
  if (app) {
    // An outage is one line of the log already, and the request's own line has the status.
    if (app.code === 'INTERNAL_SERVER_ERROR') report(app.cause ?? app)
    // Before anything ran, GraphQL's own words say where the wrong value stands.
    if (error instanceof GraphQLError && error.path === undefined) return beforeExecution(error, app, requestId)
    return toGraphQLError(error, app.message, extensionsOf(app, requestId))
  }
  if (error instanceof GraphQLError && isOfGraphQL(error)) {
    const http = httpOf(error)
    const code = http.status === 405 ? 'METHOD_NOT_ALLOWED' : codeOf(error)
    const message = code === 'OPERATION_LIMIT_EXCEEDED' ? error.message.replace(/^Syntax Error: /, '') : error.message
    return toGraphQLError(error, message, { code, requestId, ...argumentOf(error), http })
  }
  report(error)
  return toGraphQLError(error, 'Unexpected error.', { code: 'INTERNAL_SERVER_ERROR', requestId })
}

function findAppError(error: unknown): AppError | undefined {
  let current = error
  for (let depth = 0; depth < 10 && current instanceof Error; depth++) {
    if (current instanceof AppError) return current
    current = current instanceof GraphQLError ? current.originalError : undefined
  }
  return undefined
}

/** Errors with a path come out of resolvers; of those only a wrong argument is the client's. */
function isOfGraphQL(error: GraphQLError): boolean {
  const { originalError: cause } = error
  if (cause && !(cause instanceof GraphQLError && isOfGraphQL(cause))) return false
  return error.path === undefined || error.message.startsWith('Argument "')
}

function codeOf(error: GraphQLError): ErrorCode {
  const given = error.extensions['code']
  if (typeof given === 'string' && given in ERROR_STATUS) return given as ErrorCode
  return error.message.startsWith('Syntax Error') ? 'GRAPHQL_PARSE_FAILED' : 'BAD_USER_INPUT'
}

function beforeExecution(error: GraphQLError, app: AppError, requestId: string): GraphQLError {
  const found = argumentOf(error)
  const http = { status: ERROR_STATUS[app.code] }
  return toGraphQLError(error, error.message, { ...extensionsOf(app, requestId), ...found, http })
}

/** Where a wrong value stands: the path in a variable, or the name before it in the operation's text. */
function argumentOf({ message, nodes, source }: GraphQLError): { argument?: string } {
  const [, variable, path] = /^Variable "\$(\w+)"(?:.* at "([^"]*)")?/s.exec(message) ?? []
  if (variable !== undefined) return { argument: path ?? variable }
  const start = nodes?.[0]?.kind.endsWith('Value') ? nodes[0].loc?.start : undefined
  const [, name] = /(\w+)\s*:\s*$/.exec(source?.body.slice(0, start) ?? '') ?? []
  return start === undefined || name === undefined ? {} : { argument: name }
}

interface HttpExtension {
  readonly status: number
  readonly headers?: object
  /** The status is the newer media type's; application/json gets 200. */
  readonly spec?: boolean
}

/** By the specification of GraphQL over HTTP: a wrong operation is 200 in application/json, a malformed request 400. */
function httpOf(error: GraphQLError): HttpExtension {
  const given: Partial<HttpExtension> = error.extensions.http ?? { spec: true }
  const { status = 400, headers = {}, spec = false } = given
  return codeOf(error) === 'BAD_REQUEST' ? { status, headers } : { status, headers, spec }
}

function extensionsOf(app: AppError, requestId: string): Record<string, unknown> {
  const status = ERROR_STATUS[app.code]
  const headers = app.retryAfterSeconds === undefined ? {} : { 'Retry-After': String(app.retryAfterSeconds) }
  return {
    code: app.code,
    requestId,
    ...(app.argument === undefined ? {} : { argument: app.argument }),
    // A wrong argument of one field leaves the rest of the answer good: only failures of ours make the status, and what is never executed.
    ...((status >= 500 && status !== 500) || app.code.startsWith('DOCUMENT_') ? { http: { status, headers } } : {}),
  }
}

function toGraphQLError(error: unknown, text: string, extensions: Record<string, unknown>): GraphQLError {
  const message = text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)}…` : text
  if (!(error instanceof GraphQLError)) return new GraphQLError(message, { extensions })
  const { nodes = null, source = null, positions = null, path = null } = error
  return new GraphQLError(message, { nodes, source, positions, path, extensions })
}

/** A result whose errors are fit for a client. */
export function masked<Result extends { errors?: readonly GraphQLError[] | undefined }>(
  result: Result,
  requestId: string,
  observe: Observe,
): Result {
  const report = reporter(requestId, observe)
  const all = result.errors ?? []
  // Where there are too many, those that took most of the answer with them say most.
  const first = all.length > LIMITS.errors ? all.toSorted((a, b) => depthOf(a) - depthOf(b)) : all
  const errors = first.slice(0, LIMITS.errors).map((error) => maskError(error, requestId, report))
  return { ...result, errors }
}

const depthOf = ({ path = [] }: GraphQLError): number => path.length

/** Notes what nobody else will hear of. */
export function reporter(requestId: string, observe: Observe): (error: unknown) => void {
  return (error) => observe({ event: 'request.failed', requestId, error })
}
