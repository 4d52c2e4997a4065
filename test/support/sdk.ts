import { DEFAULT_PERSONA, findPersona } from '../../local/platform/personas.ts'
import { type Client, type ClientOptions, createClient } from '../../sdk/src/index.ts'
import type { TestApp } from './test-app.ts'

/** The SDK as one of the personas, by its token. */
export function clientOf(
  app: Pick<TestApp, 'url' | 'tokens'>,
  userName = DEFAULT_PERSONA,
  more: Partial<ClientOptions> = {},
): Client {
  const persona = findPersona(userName)
  if (!persona) throw new Error(`there is no ${userName}`)
  return createClient({ url: app.url, token: () => app.tokens.of(persona), ...more })
}

/** One request of a client, and how it was answered. */
export interface Recorded {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly status: number
  /** Of the answer's body. */
  readonly bytes: number
  readonly position: string | null
  /** The oldest client that the server takes. */
  readonly oldest: string | null
}

/** A `fetch` that notes what goes through it. */
export function recording(): { readonly seen: Recorded[]; readonly fetch: typeof globalThis.fetch } {
  const seen: Recorded[] = []
  return {
    seen,
    async fetch(input, init) {
      const answer = await globalThis.fetch(input, init)
      const { status, headers } = answer
      const bytes = (await answer.clone().arrayBuffer()).byteLength
      const sent = { method: init?.method ?? 'GET', url: String(input), headers: new Headers(init?.headers) }
      const said = { position: headers.get('x-position'), oldest: headers.get('x-oldest-client') }
      seen.push({ ...sent, ...said, status, bytes })
      return answer
    },
  }
}
