import { join } from 'node:path'
import { POSTGRAPHILE_QUERIES, type Workload } from './workloads.ts'

export type Kind = 'bare' | 'hand-written' | 'ours' | 'past memory' | 'peer' | 'cache'

/** A server to measure. */
export interface Subject {
  readonly name: string
  /** `bare` and `hand-written` are the floors of a hit and of a miss; `past memory` is ours without it; `cache` answers from memory, out of date or not. */
  readonly kind: Kind
  readonly script: string
  readonly args: readonly string[]
  readonly path: (workload: Workload) => string
  /** Settings beside those of all subjects. */
  readonly settings?: Readonly<Record<string, string>>
  /** Undefined where it can't do this. */
  readonly query: (workload: Workload) => string | undefined
}

const SUBJECTS_FOLDER = join(import.meta.dirname, 'subjects')

const subject = (name: string, kind: Kind, script: string, ...args: string[]): Subject => ({
  name,
  kind,
  script: join(SUBJECTS_FOLDER, script),
  args,
  path: () => '/graphql',
  query: ({ query }) => query,
})

export const OURS = 'lakebase-graphql'

/** The bare servers know what to answer by the path. */
const pathOf = ({ name }: Workload): string => `/${name}`

/** `answerFile`: for the bare servers, the answer to give, with our headers and with none. */
export function subjects(answerFile: (headers: 'ours' | 'none') => string): readonly Subject[] {
  return [
    { ...subject('bare node:http', 'bare', 'bare.ts', answerFile('none')), path: pathOf },
    { ...subject('bare node:http, our headers', 'bare', 'bare.ts', answerFile('ours')), path: pathOf },
    subject('hand-written node:http + pg', 'hand-written', 'hand-written.ts'),
    { ...subject(OURS, 'ours', '../../src/main.ts'), path: () => '/api/graphql' },
    {
      ...subject(`${OURS}, CACHE=off`, 'past memory', '../../src/main.ts'),
      settings: { CACHE: 'off' },
      path: () => '/api/graphql',
    },
    subject('Yoga + Pothos', 'peer', 'yoga.ts'),
    subject('Yoga + Pothos + JIT', 'peer', 'yoga.ts', 'jit'),
    subject('Mercurius + JIT', 'peer', 'mercurius.ts'),
    subject('Apollo Server', 'peer', 'apollo.ts'),
    { ...subject('PostGraphile', 'peer', 'postgraphile.ts'), query: ({ name }) => POSTGRAPHILE_QUERIES[name] },
    subject('Yoga + response cache', 'cache', 'yoga.ts', 'cache'),
    subject('Mercurius + JIT + cache', 'cache', 'mercurius.ts', 'cache'),
    subject('Apollo Server + response cache', 'cache', 'apollo.ts', 'cache'),
  ]
}
