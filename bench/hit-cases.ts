import { setTimeout as sleep } from 'node:timers/promises'
import type { Running } from './process.ts'
import { WORKLOADS } from './workloads.ts'

/** Whom a case is measured with: us, and two that send the same bytes without asking who asks. */
export type Floor = 'ours' | 'bare' | 'same headers'

/** One way of asking for what is in memory. */
export interface Case {
  readonly name: string
  readonly about: string
  readonly query: string
  /** So many viewers ask in turn. */
  readonly viewers: number
  /** By GET, with the validator of what the client has. */
  readonly conditional?: boolean
  /** What a writer changes meanwhile, a hundred rows a second. */
  readonly writes?: 'what is asked for' | 'something else'
  readonly halfLoad?: boolean
}

const workload = (wanted: string): string => WORKLOADS.find(({ name }) => name === wanted)?.query ?? ''
const [LIST, NESTED] = [workload('list'), workload('nested')]
const OWN = '{ holidayRequests(first: 20) { nodes { requestId employeeName startDate endDate status } } }'

export const CASES: readonly Case[] = [
  { name: 'list', about: 'list of 100, everyone’s', query: LIST, viewers: 2, halfLoad: true },
  { name: 'nested', about: 'nested, everyone’s', query: NESTED, viewers: 2 },
  { name: 'own', about: 'one viewer’s own 20 rows', query: OWN, viewers: 1, halfLoad: true },
  { name: 'many', about: 'their own 20 rows, 50 viewers at once', query: OWN, viewers: 50 },
  { name: 'unchanged', about: '304 for the list', query: LIST, viewers: 2, conditional: true },
  { name: 'own-unchanged', about: '304 for one’s own rows', query: OWN, viewers: 1, conditional: true },
  {
    name: 'beside-writes',
    about: 'list, while a writer changes 100 rows/s of another table',
    query: LIST,
    viewers: 2,
    writes: 'something else',
  },
  {
    name: 'under-writes',
    about: 'own rows of 50 viewers, while a writer changes 100 of these rows/s',
    query: OWN,
    viewers: 50,
    writes: 'what is asked for',
  },
]

type Headers = Readonly<Record<string, string>>

/** What a generator sends. */
export function loadOf({ query, viewers, conditional }: Case, headers: readonly Headers[]) {
  const each = headers.slice(0, viewers)
  const body = JSON.stringify({ query })
  const get = `?query=${encodeURIComponent(query)}`
  return {
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    bodies: each.map(() => body),
    each,
    query: conditional ? get : '',
    ...(conditional && {
      method: 'GET' as const,
      etag: async ({ origin }: Running): Promise<string> => {
        // As the generator asks, which takes no coding.
        const ask = { accept: 'application/json', 'accept-encoding': 'identity', ...each[0] }
        const { headers: given } = await fetch(`${origin}/api/graphql${get}`, { headers: ask })
        const validator = given.get('etag') ?? ''
        const again = await fetch(`${origin}/api/graphql${get}`, { headers: { ...ask, 'if-none-match': validator } })
        if (again.status !== 304) throw new Error(`what is unchanged was answered ${again.status}`)
        return validator
      },
    }),
  }
}

/** Waits until each of its viewers is answered from memory. */
export async function allHits({ origin }: Running, each: Case, headers: readonly Headers[]): Promise<void> {
  const { bodies, each: own, method, query } = loadOf(each, headers)
  for (let turn = 0; turn < own.length; turn++) {
    for (let tries = 0; ; tries++) {
      const answer = await fetch(`${origin}/api/graphql${query}`, {
        method: method ?? 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json', ...own[turn] },
        body: method === 'GET' ? null : (bodies[turn] ?? ''),
      })
      const text = await answer.text()
      if (answer.headers.get('cache-status')?.includes('detail="answer"')) break
      if (!answer.ok || tries > 100) throw new Error(`${each.name} doesn’t come from memory: ${text.slice(0, 300)}`)
      await sleep(20)
    }
  }
}
