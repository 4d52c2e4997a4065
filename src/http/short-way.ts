import type { IncomingMessage } from 'node:http'
import { AppError } from '../kernel/errors.ts'

/** One operation, as a JSON body has it. */
export interface Operation {
  readonly query: string
  readonly variables?: Record<string, unknown>
  readonly operationName?: string
}

/** An operation as it was asked for: by its text, or by the id of a document. */
export interface AskedOperation extends Omit<Operation, 'query'> {
  readonly query?: string
  readonly documentId?: string
}

const GRAPHQL_TYPE = 'application/graphql-response+json'
const JSON_TYPE = 'application/json'
/** What answers may be in, the usual one first. */
export const JSON_TYPES: readonly string[] = [JSON_TYPE, GRAPHQL_TYPE]
/** What `Accept` may list for an answer to be JSON whichever of them the server takes. */
const ACCEPTED: ReadonlyMap<string, string> = new Map([
  ['*/*', JSON_TYPE],
  ['application/*', JSON_TYPE],
  [JSON_TYPE, JSON_TYPE],
  [GRAPHQL_TYPE, GRAPHQL_TYPE],
])
const JSON_PARAMETERS = ['variables', 'extensions']
const KEYS = ['query', 'documentId', 'variables', 'operationName', 'extensions']

/** What a request asks for, as it came: parsed, and not looked at. Undefined for what is no JSON. */
export function askedBy({ url }: IncomingMessage, body: Buffer | null): unknown {
  return body ? parseJson(body.toString()) : parametersOf(url)
}

/** Those of a GET, as GraphQL over HTTP has them, empty ones left out; undefined if one is there twice. */
function parametersOf(url = '/'): unknown {
  const given = [...new URLSearchParams(url.slice(url.indexOf('?') + 1))].filter(([, text]) => text !== '')
  const parameters = Object.fromEntries(
    given.map(([name, text]) => [name, JSON_PARAMETERS.includes(name) ? jsonOf(name, text) : text]),
  )
  return Object.keys(parameters).length === given.length ? parameters : undefined
}

function jsonOf(name: string, text: string): unknown {
  const parsed = parseJson(text)
  if (parsed !== undefined) return parsed
  throw new AppError('BAD_REQUEST', `${name} must be JSON. Encode it as application/x-www-form-urlencoded.`)
}

/** As which JSON it is to be answered: the first one that the client lists, as Yoga chooses. Undefined if as something else. */
export function mediaTypeOf(accept = '*/*'): string | undefined {
  const only = ACCEPTED.get(accept)
  if (only !== undefined) return only
  const types = accept.split(',').map((type) => ACCEPTED.get(type.trim()))
  return types.includes(undefined) ? undefined : types[0]
}

/** What can't be parsed is none of what an operation may be made of. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * An operation that can be answered without the objects of the Fetch API, which cost more than the operation itself as a rule.
 * Undefined for everything that is unusual, well-formed or not: Yoga deals with that.
 */
export function toOperation(parsed: unknown): AskedOperation | undefined {
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined
  return isOperation(parsed) ? parsed : undefined
}

function isOperation(parsed: object): parsed is AskedOperation {
  const { query, documentId, variables, operationName, extensions }: Record<string, unknown> = { ...parsed }
  return (
    (query === undefined || isText(query)) &&
    (documentId === undefined || isText(documentId)) &&
    (query ?? documentId) !== undefined &&
    isObject(variables) &&
    isObject(extensions) &&
    (operationName == null || typeof operationName === 'string') &&
    Object.keys(parsed).every((key) => KEYS.includes(key))
  )
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''

function isObject(value: unknown): boolean {
  return value == null || (typeof value === 'object' && !Array.isArray(value))
}
