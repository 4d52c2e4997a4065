import { noteOutput } from './secrets.ts'

export interface GraphQLAnswer {
  readonly status: number
  readonly headers: Headers
  readonly data: Json
  readonly errors: readonly GraphQLAnswerError[] | undefined
}

/** Whatever a test's own query asks for: it looks at it by `toEqual`, or by the paths it knows. */
export type Json = ReturnType<typeof JSON.parse>

export interface GraphQLAnswerError {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly extensions: { readonly code: string; readonly argument?: string; readonly requestId: string }
}

export interface PostOptions {
  /** `Idempotency-Key` */
  readonly key?: string
  /** `X-Min-Position` */
  readonly position?: string | undefined
  readonly signal?: AbortSignal
}

/** One operation by POST, as a client sends it through the platform's proxy. */
export async function post(
  url: string,
  query: string,
  variables = {},
  persona?: string,
  more: PostOptions = {},
): Promise<GraphQLAnswer> {
  const { key, position, signal } = more
  const answer = await fetch(`${url}/api/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(persona === undefined ? {} : { 'x-persona': persona }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(position === undefined ? {} : { 'x-min-position': position }),
    },
    ...(signal && { signal }),
    body: JSON.stringify({ query, variables }),
  })
  const text = await answer.text()
  noteOutput(`${JSON.stringify([...answer.headers])} ${text}`)
  const { data, errors } = JSON.parse(text)
  return { status: answer.status, headers: answer.headers, data, errors }
}

/** Whether all of an answer came from memory. */
export const isHit = ({ headers }: { readonly headers: Headers }): boolean =>
  /; hit;/.test(headers.get('cache-status') ?? '')
