import type { Answers } from './answers.ts'
import type { DocumentText } from './document.ts'
import { LakebaseError, type Problem } from './errors.ts'
import { VERSION } from './generated/version.ts'
import { retryAfterOf } from './waits.ts'

/** Longer addresses don't get through all proxies, in characters. */
const MAX_URL = 6_000

/** One try of a call. */
export interface Try {
  readonly address: string
  readonly document: DocumentText
  readonly variables: object
  readonly token: string | undefined
  readonly position: string | undefined
  readonly idempotencyKey: string | undefined
  /** Sends the text in place of its id, since the server doesn't know that. */
  readonly asText: boolean
  readonly answers: Answers
  readonly fetch: typeof globalThis.fetch
  readonly signal: AbortSignal
}

/** What the API has answered. */
export interface Answer {
  readonly data: unknown
  readonly error: LakebaseError | undefined
  /** `X-Position`. */
  readonly position: string | null
}

/**
 * Asks once, by GET with the validator of what is held for a query, by POST else (GraphQL over HTTP, and its appendix on persisted
 * documents).
 * @throws LakebaseError for whatever is no answer of the API; what `fetch` throws
 */
export async function exchange(asked: Try): Promise<Answer> {
  const { fetch, signal, document, answers } = asked
  const url = document.kind === 'query' ? urlOf(asked) : undefined
  const held = url === undefined ? undefined : answers.get(url)
  const headers = headersOf(asked)
  // A redirect would take the token to somebody else.
  const common = { headers, signal, redirect: 'manual' } as const
  if (held) headers['if-none-match'] = held.etag
  if (url === undefined) headers['content-type'] = 'application/json'
  const response = await (url === undefined
    ? fetch(asked.address, { ...common, method: 'POST', body: JSON.stringify(parametersOf(asked)) })
    : fetch(url, { ...common, method: 'GET' }))
  const text = response.status === 304 && held ? held.text : await textOf(response, asked.address)
  const parsed = answerOf(parse(text, response), response)
  const etag = response.headers.get('etag')
  if (url !== undefined && etag !== null && response.status === 200) answers.set(url, { etag, text })
  return { ...parsed, position: response.headers.get('x-position') }
}

/** What is sent of an operation. */
export function parametersOf({ document, variables, asText }: Try): object {
  return asText ? { query: document.text, variables } : { documentId: document.id, variables }
}

/** Undefined for what is too long. The same variables give the same address, in whatever order they are. */
function urlOf(asked: Try): string | undefined {
  const sorted = Object.fromEntries(Object.entries(asked.variables).sort(([a], [b]) => (a < b ? -1 : 1)))
  const parameters = Object.entries(parametersOf({ ...asked, variables: sorted }))
  const texts = parameters.map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  const url = `${asked.address}?${new URLSearchParams(texts)}`
  return url.length > MAX_URL ? undefined : url
}

/** What every request says. */
export function headersOf({ token, position, idempotencyKey }: Try): Record<string, string> {
  return {
    accept: 'application/graphql-response+json, application/json',
    'x-client': VERSION,
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(position !== undefined && { 'x-min-position': position }),
    ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
  }
}

/** @throws LakebaseError where something else has answered */
export async function textOf(response: Response, address: string): Promise<string> {
  const { status, type, headers } = response
  const requestId = headers.get('x-request-id') ?? undefined
  const retryAfterMs = retryAfterOf(headers)
  const where = address.replace(/\?.*/, '')
  const contentType = headers.get('content-type') ?? ''
  if (/^application\/(graphql-response\+)?json\b/.test(contentType)) return response.text()
  await response.body?.cancel()
  if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    const message = `${where} answered with a redirect, as the platform does that knows nobody: it wants a login. From a server, give a token (servicePrincipal()); from a page, call your own origin and reload.`
    throw new LakebaseError('LOGIN_REQUIRED', message, { status })
  }
  if (status >= 500 || status === 429 || status === 408) {
    const message = `${where} answered ${status} without a word of the API: a proxy before it, or the app is starting. Try again.`
    throw new LakebaseError('NETWORK', message, { status, requestId, retryAfterMs })
  }
  if (status === 401 || status === 403) {
    const message = `${where} answered ${status}: the platform takes no such token, or its owner may not use the app (CAN_USE).`
    throw new LakebaseError(status === 401 ? 'UNAUTHENTICATED' : 'FORBIDDEN', message, { status, requestId })
  }
  const message = `${where} answered ${status} with ${contentType === '' ? 'no type' : contentType.slice(0, 80)}, which is no GraphQL. Is that the address of the app?`
  throw new LakebaseError('NOT_GRAPHQL', message, { status, requestId })
}

interface Body {
  readonly data?: unknown
  readonly errors?:
    | readonly ({
        readonly message?: unknown
        readonly path?: unknown
        readonly extensions?: { readonly code?: unknown; readonly argument?: unknown }
      } | null)[]
    | null
}

/** @throws LakebaseError BAD_ANSWER */
export function parse(text: string, { status, headers }: Response): unknown {
  const requestId = headers.get('x-request-id') ?? undefined
  try {
    return JSON.parse(text)
  } catch (cause) {
    const message = `The answer is no whole JSON (${text.length} characters): it was cut on its way. Try again.`
    throw new LakebaseError('BAD_ANSWER', message, { status, requestId, cause })
  }
}

/** @throws LakebaseError NOT_GRAPHQL */
export function answerOf(parsed: unknown, { status, headers }: Response): Pick<Answer, 'data' | 'error'> {
  const requestId = headers.get('x-request-id') ?? undefined
  const body = parsed as Body | null
  if (typeof body !== 'object' || body === null || (body.data === undefined && !Array.isArray(body.errors))) {
    throw new LakebaseError('NOT_GRAPHQL', 'The answer is JSON without data and errors. Is url the app’s?', {
      status,
      requestId,
    })
  }
  const { data, errors } = body
  const problems = (errors ?? []).map(toProblem)
  const [first] = problems
  if (!first) return { data, error: undefined }
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more, see problems)` : ''
  const retryAfterMs = retryAfterOf(headers)
  const details = { status, requestId, problems, data, retryAfterMs }
  return { data, error: new LakebaseError(first.code, `${first.message}${more}`, details) }
}

function toProblem(given: NonNullable<Body['errors']>[number]): Problem {
  const { message, path, extensions } = given ?? {}
  const { code, argument } = extensions ?? {}
  return {
    code: typeof code === 'string' ? code : 'UNKNOWN',
    message: typeof message === 'string' ? message : 'The server gave no message.',
    path: Array.isArray(path) ? path.join('.') : undefined,
    argument: typeof argument === 'string' ? argument : undefined,
  }
}
