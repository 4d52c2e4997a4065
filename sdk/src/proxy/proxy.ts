import { LakebaseError } from '../errors.ts'
import { addressOf, checkMs, type TokenProvider } from '../options.ts'
import { tokenOf } from '../token.ts'
import { unlessAborted } from '../waits.ts'
import { type Asked, fromFetch, fromNode, type NodeRequest, type NodeResponse, toNode } from './forms.ts'

export interface ProxyOptions {
  /** Of the app that serves GraphQL. */
  readonly url: string | URL
  /**
   * Whose requests they become, as a rule those of this app's service principal: then all users of this app see what that one may see, so
   * give it no more rights than that, or name `documents`.
   */
  readonly token: TokenProvider
  /** Ids of the only documents that are forwarded, such as the keys of this app's manifest; all others are refused. */
  readonly documents?: readonly string[]
  /** For one request, in ms: 15,000. */
  readonly timeoutMs?: number
  readonly fetch?: typeof globalThis.fetch
}

/** Answers a request to this app's own server, in the Fetch API's terms or Node's; it never throws. */
export interface Proxy {
  (request: Request): Promise<Response>
  /** For `node:http`, and for Express: `app.use('/api/graphql', proxy.node)`, before any parser of bodies or after it. */
  node(request: NodeRequest, response: NodeResponse): void
}

const MAX_BODY_BYTES = 1_048_576
/** What of a request is forwarded: no cookies, and nothing by which this app's platform says who asks. */
const REQUEST_HEADERS = [
  'accept',
  'content-type',
  'if-none-match',
  'idempotency-key',
  'x-client',
  'x-min-position',
  'x-request-id',
]
const ANSWER_HEADERS = [
  'age',
  'cache-control',
  'cache-status',
  'content-type',
  'etag',
  'retry-after',
  'server-timing',
  'vary',
  'x-oldest-client',
  'x-position',
  'x-request-id',
]

/**
 * Forwards GraphQL from the pages of an app to the API, by the app's own server, since pages can call their own origin only.
 * @throws LakebaseError BAD_OPTIONS
 */
export function createProxy(options: ProxyOptions): Proxy {
  const { timeoutMs = 15_000, documents } = options
  checkMs({ timeoutMs })
  const forward = createForward(options, documents && new Set(documents))
  const answer = async (asked: Asked, caller: AbortSignal): Promise<Response> => {
    const signal = AbortSignal.any([caller, AbortSignal.timeout(timeoutMs)])
    try {
      checkForm(asked)
      return await unlessAborted(forward(asked, signal), signal)
    } catch (error) {
      if (error instanceof Refusal) return error.response
      if (error instanceof LakebaseError) return new Refusal(502, error.code, error.message).response
      if (!signal.aborted) return new Refusal(503, 'UNAVAILABLE', 'The API can’t be reached now. Try again.').response
      return new Refusal(504, 'DEADLINE_EXCEEDED', `The API gave no answer within ${timeoutMs} ms.`).response
    }
  }
  const node = (request: NodeRequest, response: NodeResponse): void => {
    const caller = new AbortController()
    response.on('close', () => caller.abort())
    const answered = (async () => toNode(await answer(fromNode(request), caller.signal), response))()
    answered.catch(() => response.destroy())
  }
  return Object.assign((request: Request) => answer(fromFetch(request), request.signal), { node })
}

function createForward(
  { url, token, fetch = globalThis.fetch }: ProxyOptions,
  allowed: ReadonlySet<string> | undefined,
): (asked: Asked, signal: AbortSignal) => Promise<Response> {
  const address = addressOf({ url, token })
  return async ({ method, search, headers, body }, signal) => {
    const text = method === 'POST' ? await textOf(body) : null
    if (allowed) checkDocuments(allowed, text === null ? [idInQuery(search)] : idsInBody(text))
    const send = async (rejected?: string): Promise<Response> => {
      const bearer = await tokenOf(token, rejected)
      const forwarded = { ...chosen(headers, REQUEST_HEADERS), authorization: `Bearer ${bearer}` }
      const sent = { method, headers: forwarded, body: text, redirect: 'manual', signal } as const
      const answer = await fetch(address + search, sent)
      if (answer.status !== 401 || rejected !== undefined) return answer
      await answer.body?.cancel()
      return send(bearer)
    }
    const answer = await send()
    if (!isOfApi(answer)) {
      await answer.body?.cancel()
      const message = 'The API’s address answered with something else. Look at url and token of createProxy().'
      throw new Refusal(502, 'NOT_GRAPHQL', message)
    }
    return new Response(answer.status === 304 ? null : await answer.arrayBuffer(), {
      status: answer.status,
      headers: chosen(answer.headers, ANSWER_HEADERS),
    })
  }
}

/** An answer of our own in place of the API's. */
class Refusal extends Error {
  readonly #status: number
  readonly #code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.#status = status
    this.#code = code
  }

  get response(): Response {
    const errors = [{ message: this.message, extensions: { code: this.#code } }]
    const retry = this.#status === 503 ? { 'retry-after': '1' } : {}
    return Response.json({ errors }, { status: this.#status, headers: { 'cache-control': 'no-store', ...retry } })
  }
}

/** What a page of another site could send without being asked for permission first isn't forwarded (CSRF). */
function checkForm({ method, headers }: Asked): void {
  if (method !== 'GET' && method !== 'POST')
    throw new Refusal(405, 'METHOD_NOT_ALLOWED', 'GraphQL takes POST, and GET for queries.')
  if (method === 'POST' && !/^application\/json\b/i.test(headers.get('content-type') ?? '')) {
    throw new Refusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'POST takes a body of Content-Type: application/json.')
  }
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let [text, size] = ['', 0]
  for await (const chunk of body) {
    size += chunk.length
    if (size > MAX_BODY_BYTES)
      throw new Refusal(413, 'PAYLOAD_TOO_LARGE', `The body is larger than ${MAX_BODY_BYTES} bytes.`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function checkDocuments(allowed: ReadonlySet<string>, ids: readonly unknown[]): void {
  if (ids.length > 0 && ids.every((id) => typeof id === 'string' && allowed.has(id))) return
  throw new Refusal(
    403,
    'DOCUMENT_NOT_TRUSTED',
    'This app forwards its own documents only. Register this one with its build.',
  )
}

/** What names a document and has a text too asks for the text. */
function idInQuery(search: string): unknown {
  const parameters = new URLSearchParams(search)
  const [id, ...more] = parameters.getAll('documentId')
  return parameters.has('query') || more.length > 0 ? undefined : id
}

/** Of one operation, or of each of a batch. */
function idsInBody(text: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(text)
    return Array.isArray(parsed) ? parsed.map(idIn) : [idIn(parsed)]
  } catch {
    return [undefined]
  }
}

function idIn(operation: unknown): unknown {
  if (typeof operation !== 'object' || operation === null || 'query' in operation) return undefined
  return 'documentId' in operation ? operation.documentId : undefined
}

function isOfApi({ status, headers }: Response): boolean {
  return status === 304 || /^application\/(graphql-response\+)?json\b/.test(headers.get('content-type') ?? '')
}

function chosen(headers: Headers, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (headers.get(name)?.trim() ? [[name, headers.get(name) ?? '']] : [])),
  )
}
