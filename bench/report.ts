import type { Kind } from './subjects.ts'
import type { Workload } from './workloads.ts'

/** What one subject did in one workload, over all rounds. */
export interface Result {
  readonly workload: Workload['name']
  readonly subject: string
  readonly kind: Kind
  /** Requests a second of each round. */
  readonly perSecond: readonly number[]
  /** Milliseconds of the server's CPU for one request, of each round. */
  readonly cpuMs: readonly number[]
  readonly p50Ms: readonly number[]
  readonly p99Ms: readonly number[]
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
}

/** Half the distance between the fastest and the slowest round, as a share of the median. */
export function spread(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / 2 / median(values)
}

/** One table for each workload. Ratios are of medians: 1 is the floor named, more is faster. */
export function toTable(results: readonly Result[], about: (name: Workload['name']) => string): string {
  const workloads = [...new Set(results.map(({ workload }) => workload))]
  return workloads
    .map((workload) => {
      const here = results.filter((result) => result.workload === workload)
      const rows = here.map((result) => toRow(result, here))
      const head = '| | requests/s | ± | p50 ms | p99 ms | CPU µs | of bare | of hand-written | CPU, hand-written = 1 |'
      return [`**${workload}**: ${about(workload)}`, '', head, `|---|${'---:|'.repeat(8)}`, ...rows].join('\n')
    })
    .join('\n\n')
}

function toRow(result: Result, all: readonly Result[]): string {
  const perSecond = median(result.perSecond)
  const of = (kind: Kind): Result | undefined => all.find((each) => each.kind === kind)
  const ratio = (floor: Result | undefined): string =>
    floor === undefined ? '–' : (perSecond / median(floor.perSecond)).toFixed(2)
  const handWritten = of('hand-written')
  const cpu = median(result.cpuMs)
  const cells = [
    result.kind === 'ours' ? `**${result.subject}**` : result.subject,
    Math.round(perSecond).toLocaleString('en'),
    `${Math.round(spread(result.perSecond) * 100)} %`,
    median(result.p50Ms).toFixed(1),
    median(result.p99Ms).toFixed(1),
    Math.round(cpu * 1000).toLocaleString('en'),
    ratio(of('bare')),
    result.kind === 'bare' ? '–' : ratio(handWritten),
    result.kind === 'bare' || handWritten === undefined ? '–' : (median(handWritten.cpuMs) / cpu).toFixed(2),
  ]
  return `| ${cells.join(' | ')} |`
}
