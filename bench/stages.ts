import { readFileSync } from 'node:fs'

/** What V8's profiler writes, as far as it is read here. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string }
    readonly children?: readonly number[]
  }[]
  readonly samples: readonly number[]
  /** Microseconds. */
  readonly timeDeltas: readonly number[]
}

/** The first that fits the nearest caller that any fits; what Node does for nobody in particular is the last. */
const STAGES: readonly (readonly [stage: string, file: RegExp])[] = [
  ['identity', /\/src\/identity\/|node_modules\/lru-cache/],
  ['log', /\/src\/logging|node_modules\/(pino|sonic-boom)/],
  ['pg: protocol, pool, rows as text', /node_modules\/pg|\/src\/db\/pool/],
  ['SQL: building statements, batches', /\/src\/(db|loaders)\/|node_modules\/(sql-template-tag|dataloader)/],
  ['fields: columns, dates, pages', /\/src\/(graphql|domains)\//],
  [
    'GraphQL: graphql-js, Yoga, Pothos',
    /\/src\/execution\/|node_modules\/(graphql|@graphql|@envelop|@whatwg|@pothos|@escape)/,
  ],
  ['answer: JSON, headers, our listener', /\/src\/http\//],
]
const NODE = 'Node: HTTP, sockets, timers, promises'
const COLLECTOR = 'garbage collection'

/** The share of each stage in the time that a process was busy, after the first `skipMs`. */
export function sharesOf(file: string, skipMs: number): ReadonlyMap<string, number> {
  const { nodes, samples, timeDeltas }: Profile = JSON.parse(readFileSync(file, 'utf8'))
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)))
  const stageOf = (id: number | undefined): string => {
    const frame = id === undefined ? undefined : frames.get(id)
    if (!frame) return NODE
    if (frame.functionName === '(garbage collector)') return COLLECTOR
    const stage = STAGES.find(([, pattern]) => pattern.test(frame.url))
    return stage?.[0] ?? stageOf(parents.get(id ?? 0))
  }
  const times = new Map<string, number>()
  let elapsed = 0
  let busy = 0
  for (const [index, id] of samples.entries()) {
    const delta = timeDeltas[index] ?? 0
    elapsed += delta
    if (elapsed < skipMs * 1000 || frames.get(id)?.functionName === '(idle)') continue
    busy += delta
    const stage = stageOf(id)
    times.set(stage, (times.get(stage) ?? 0) + delta)
  }
  const order = [...STAGES.map(([stage]) => stage), NODE, COLLECTOR]
  return new Map(order.map((stage) => [stage, (times.get(stage) ?? 0) / busy]))
}
