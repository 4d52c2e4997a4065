import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { OWN_HEADERS } from './answers.ts'
import { startGenerator } from './generator.ts'
import { allHits, CASES, type Case, type Floor, loadOf } from './hit-cases.ts'
import type { Measured } from './load.ts'
import { type Running, startSubject } from './process.ts'
import { median, spread } from './report.ts'
import type { BareAnswers } from './subjects/bare.ts'
import { subjects } from './subjects.ts'
import { startViewers, type Viewers } from './viewers.ts'
import { startWriter } from './writer.ts'

/**
 * `npm run bench:hits`: answers from memory against bare `node:http` that sends the same bytes, without headers and with ours: everyone's and
 * one viewer's, 304, fifty viewers, while somebody writes, and how long they take at half load.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    /** Part of the names of cases. */
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '2' },
  },
})
const [ROUNDS, SECONDS] = [Number(values.rounds), Number(values.seconds)]
const [VIEWERS, WARM_UP_SECONDS, LEAD_IN_SECONDS] = [50, 4, 1]
/** Reads the metrics. */
const OPERATOR = 'viewer-0@example.com'
const say = (text: string): boolean => process.stderr.write(`${text}\n`)

const folder = mkdtempSync(join(tmpdir(), 'lakebase-graphql-bench-'))
const answerFile = (which: string): string => join(folder, `${which}.json`)
/** Undoes what was started, last first. */
const undo: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true, force: true })]

/** The same bytes as ours, for the floors. */
async function record(ours: Running, viewers: Viewers): Promise<void> {
  const bodies: Record<string, string> = {}
  let headers: Record<string, string> = {}
  for (const each of CASES) {
    const { bodies: [body = ''] = [], each: [own] = [] } = loadOf(each, viewers.headers)
    const post = { method: 'POST', headers: { 'content-type': 'application/json', ...own }, body }
    const answer = await fetch(`${ours.origin}/api/graphql`, post)
    bodies[`/${each.name}`] = await answer.text()
    headers = Object.fromEntries([...answer.headers].filter(([name]) => !OWN_HEADERS.includes(name)))
  }
  const write = (which: string, answers: BareAnswers): void => writeFileSync(answerFile(which), JSON.stringify(answers))
  write('ours', { headers, bodies })
  write('none', { headers: {}, bodies })
}

async function start(viewers: Viewers): Promise<Record<Floor, Running>> {
  const begin = async (kind: 'ours' | 'bare', at = 0): Promise<Running> => {
    const subject = subjects(answerFile).filter((each) => each.kind === kind)[at]
    if (!subject) throw new Error(`there is no ${kind}`)
    const running = await startSubject(subject, { ...viewers.lakebase, VIEWER_ACCESS: 'claims', OPERATORS: OPERATOR })
    undo.push(() => running.stop())
    return running
  }
  const ours = await begin('ours')
  for (const each of CASES) await allHits(ours, each, viewers.headers)
  await record(ours, viewers)
  return { ours, bare: await begin('bare', 0), 'same headers': await begin('bare', 1) }
}

interface Result {
  readonly measured: Measured
  readonly cpuUs: number
  /** Of the requests, which came from memory. */
  readonly hits: number
}

const viewers = await startViewers(VIEWERS)
undo.push(() => viewers.stop())
try {
  say('starting')
  const all = await start(viewers)
  const generator = startGenerator()
  undo.push(() => generator.stop())

  const measure = async (each: Case, floor: Floor, seconds: number, perSecond?: number): Promise<Result> => {
    const running = all[floor]
    const { etag, ...load } = loadOf(each, viewers.headers)
    const path = floor === 'ours' ? `/api/graphql${load.query}` : `/${each.name}`
    const validator = etag && (await etag(all.ours))
    const sent = { ...load, headers: { ...load.headers, ...(validator && { 'if-none-match': validator }) } }
    const send = (time: number, rate?: number): Promise<Measured> =>
      generator.send({
        ...{ ...sent, url: `${running.origin}${path}`, connections: 16, seconds: time },
        ...(rate !== undefined && { perSecond: rate }),
      })
    await send(LEAD_IN_SECONDS)
    const before = [running.cpuMs(), floor === 'ours' ? await fromMemory(running) : 0] as const
    const measured = await send(seconds, perSecond)
    const after = [running.cpuMs(), floor === 'ours' ? await fromMemory(running) : 0] as const
    const cpuUs = ((after[0] - before[0]) * 1_000) / measured.requests
    return { measured, cpuUs, hits: (after[1] - before[1]) / measured.requests }
  }
  const fromMemory = async (running: Running): Promise<number> => {
    const answer = await fetch(`${running.origin}/api/metrics`, { headers: { ...viewers.headers[0] } })
    if (!answer.ok) throw new Error(`there are no metrics: ${await answer.text()}`)
    const counted = (await answer.text()).matchAll(/answers_from_memory_total\S* (\d+)/gm)
    return [...counted].reduce((sum, [, count]) => sum + Number(count), 0)
  }

  const rows: string[] = []
  const late: string[] = []
  for (const each of CASES.filter(({ name }) => name.includes(values.only))) {
    const writer = each.writes ? await startWriter(viewers, each.writes) : undefined
    const results: Record<Floor, Result[]> = { ours: [], bare: [], 'same headers': [] }
    for (let round = 0; round <= ROUNDS; round++) {
      say(`${each.name}: ${round === 0 ? 'warming up' : `round ${round} of ${ROUNDS}`}`)
      for (const floor of ['ours', 'bare', 'same headers'] as const) {
        const result = await measure(each, floor, round === 0 ? WARM_UP_SECONDS : SECONDS)
        if (round > 0) results[floor].push(result)
      }
    }
    rows.push(toRow(each, results))
    if (each.halfLoad) {
      // The floor at the same rate: the generator couldn't send twice as much evenly.
      const half = rateOf(results.ours) / 2
      for (const floor of ['ours', 'bare'] as const) {
        const times = []
        for (let time = 0; time < 3; time++) times.push((await measure(each, floor, SECONDS, half)).measured)
        const [best] = times.toSorted((a, b) => a.p99Ms - b.p99Ms)
        late.push(
          `| ${each.name}, ${floor} | ${Math.round(half).toLocaleString('en')} | ${best?.p50Ms.toFixed(2)} | ${best?.p99Ms.toFixed(2)} |`,
        )
      }
    }
    await writer?.stop()
  }
  process.stdout.write(
    `| | requests/s | ± | CPU µs | from memory | of bare | of the same headers |\n|---|${'---:|'.repeat(6)}\n${rows.join('\n')}\n\n`,
  )
  process.stdout.write(
    `| evenly, at half of what ours can do, best of three | requests/s | p50 ms | p99 ms |\n|---|${'---:|'.repeat(3)}\n${late.join('\n')}\n`,
  )
} finally {
  for (const each of undo.reverse()) await each()
}

function rateOf(results: readonly Result[]): number {
  return median(results.map(({ measured }) => measured.perSecond))
}

function toRow({ about }: Case, results: Record<Floor, readonly Result[]>): string {
  const rate = rateOf(results.ours)
  const cells = [
    about,
    Math.round(rate).toLocaleString('en'),
    `${Math.round(100 * spread(results.ours.map(({ measured }) => measured.perSecond)))} %`,
    median(results.ours.map(({ cpuUs }) => cpuUs)).toFixed(0),
    `${(100 * median(results.ours.map(({ hits }) => hits))).toFixed(1)} %`,
    (rate / rateOf(results.bare)).toFixed(2),
    (rate / rateOf(results['same headers'])).toFixed(2),
  ]
  return `| ${cells.join(' | ')} |`
}
