/** A request to a proxy, whatever server it came to. */
export interface Asked {
  readonly method: string
  /** With its `?`, or empty. */
  readonly search: string
  readonly headers: Headers
  readonly body: AsyncIterable<Uint8Array>
}

/** What is needed of `http.IncomingMessage`, and of Express's request. */
export interface NodeRequest extends AsyncIterable<Uint8Array> {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** What a parser has made of the body. */
  readonly body?: unknown
}

/** What is needed of `http.ServerResponse`. */
export interface NodeResponse {
  writeHead(status: number, headers: Record<string, string>): unknown
  end(body: Uint8Array): unknown
  on(event: 'close', listener: () => void): unknown
  readonly headersSent: boolean
  readonly destroyed: boolean
  destroy(): unknown
}

export function fromFetch({ method, url, headers, body }: Request): Asked {
  return { method, headers, search: new URL(url).search, body: body ? chunksOf(body) : nothing() }
}

export function fromNode(request: NodeRequest): Asked {
  const { method = 'GET', url = '/', headers, body } = request
  const question = url.indexOf('?')
  // HTTP/2 has what is no header among them.
  const names = Object.keys(headers).filter((name) => !name.startsWith(':'))
  const texts = names.map((name): [string, string] => [name, String(headers[name])])
  return {
    method,
    search: question < 0 ? '' : url.slice(question),
    headers: new Headers(texts),
    body: body === undefined ? request : once(JSON.stringify(body)),
  }
}

export async function toNode(answer: Response, response: NodeResponse): Promise<void> {
  const body = new Uint8Array(await answer.arrayBuffer())
  // Somebody else may have answered meanwhile, or the client has gone.
  if (response.headersSent || response.destroyed) return
  const length = answer.status === 304 ? {} : { 'content-length': String(body.length) }
  response.writeHead(answer.status, { ...Object.fromEntries(answer.headers), ...length })
  response.end(body)
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text)
}

/** Not all platforms can iterate over a stream. */
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) if (value) yield value
}
