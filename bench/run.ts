import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bodiesOf, compareAnswers, recordAnswers } from './answers.ts'
import { startBenchEnvironment } from './environment.ts'
import { type Generator, startGenerator } from './generator.ts'
import type { Measured } from './load.ts'
import { type Running, startSubject } from './process.ts'
import { type Result, toTable } from './report.ts'
import { type Subject, subjects } from './subjects.ts'
import { WORKLOADS, type Workload } from './workloads.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    /** Seconds of each workload before the first round: V8 takes some to compile what is hot. */
    warmup: { type: 'string', default: '8' },
    connections: { type: 'string', default: '16' },
    /** Part of the names of subjects; the floors and we are always there. */
    only: { type: 'string', default: '' },
    workload: { type: 'string', default: '' },
  },
})
const rounds = Number(values.rounds)
const seconds = Number(values.seconds)
const warmup = Number(values.warmup)
const connections = Number(values.connections)
/** Before each measurement, not counted. */
const LEAD_IN_SECONDS = 1
const say = (text: string): boolean => process.stderr.write(`${text}\n`)

/** Undoes what was started, last first. */
const undo: (() => Promise<void> | void)[] = []

async function startAll(): Promise<{ all: Running[]; headers: Readonly<Record<string, string>> }> {
  const folder = mkdtempSync(join(tmpdir(), 'lakebase-graphql-bench-answers-'))
  undo.push(() => rmSync(folder, { recursive: true, force: true }))
  say('Postgres with the sample data …')
  const environment = await startBenchEnvironment()
  undo.push(environment.stop)
  const { headers } = environment
  const all: Running[] = []
  // Ours first: the bare servers answer what we answer.
  const wanted = subjects((which) => join(folder, `${which}.json`))
    .filter(({ kind, name }) => !['peer', 'cache'].includes(kind) || name.includes(values.only))
    .toSorted((a, b) => Number(b.kind === 'ours') - Number(a.kind === 'ours'))
  for (const subject of wanted) {
    say(`starting ${subject.name}`)
    const running = await startSubject(subject, environment.variables)
    undo.push(() => running.stop())
    if (subject.kind === 'ours') await recordAnswers(running, headers, folder)
    all.push(running)
  }
  return { all, headers }
}

/** Everything in turn, and that again and again, so that a slow moment of the machine meets all of them alike. */
async function measureAll(all: readonly Running[], headers: Readonly<Record<string, string>>, generator: Generator) {
  const results: Results = new Map()
  for (let round = 0; round <= rounds; round++) {
    say(round === 0 ? 'warming up' : `round ${round} of ${rounds}`)
    for (const workload of WORKLOADS.filter(({ name }) => name.includes(values.workload))) {
      for (const running of all) {
        const { subject } = running
        const bodies = bodiesOf(subject, workload)
        if (!bodies) continue
        const url = `${running.origin}${subject.path(workload)}`
        const load = { url, headers, bodies, connections, seconds: round === 0 ? warmup : seconds }
        // It has been idle while the others had their turn: connections are gone, and tables are looked at anew.
        if (round > 0) await generator.send({ ...load, seconds: LEAD_IN_SECONDS })
        const before = running.cpuMs()
        const measured = await generator.send(load)
        const cpuMs = (running.cpuMs() - before) / measured.requests
        if (round === 0) continue
        record(results, { workload, subject, measured, cpuMs })
      }
    }
  }
  const order = all.map(({ subject }) => subject.name)
  return [...results.values()].sort((a, b) => order.indexOf(a.subject) - order.indexOf(b.subject))
}

type Results = Map<string, Result & { perSecond: number[]; cpuMs: number[]; p50Ms: number[]; p99Ms: number[] }>

interface Measurement {
  readonly workload: Workload
  readonly subject: Subject
  readonly measured: Measured
  readonly cpuMs: number
}

function record(results: Results, { workload, subject, measured, cpuMs }: Measurement): void {
  const key = `${workload.name} ${subject.name}`
  const empty = { perSecond: [], cpuMs: [], p50Ms: [], p99Ms: [] }
  const named = { workload: workload.name, subject: subject.name, kind: subject.kind }
  const result = results.get(key) ?? { ...named, ...empty }
  result.perSecond.push(measured.perSecond)
  result.cpuMs.push(cpuMs)
  result.p50Ms.push(measured.p50Ms)
  result.p99Ms.push(measured.p99Ms)
  results.set(key, result)
}

if (process.platform !== 'linux' || availableParallelism() < 2) {
  say('The bench pins server and generator to a core each: it needs Linux and two cores.')
  process.exit(1)
}
try {
  const { all, headers } = await startAll()
  say('comparing answers')
  await compareAnswers(all, headers)
  const generator = startGenerator()
  undo.push(() => generator.stop())
  const results = await measureAll(all, headers, generator)
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length }
  const about = (name: string): string => WORKLOADS.find((each) => each.name === name)?.about ?? ''
  process.stdout.write(`${toTable(results, about)}\n`)
  const figures = { at: new Date().toISOString(), machine, rounds, seconds, connections, results }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, 1)}\n`)
} finally {
  for (const each of undo.reverse()) await each()
}
