import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { closeServer, listen } from '../local/platform/listen.ts'
import { createTokens, DEFAULT_PERSONA, findPersona } from '../local/platform/personas.ts'
import { createWorkspaceApi } from '../local/platform/workspace.ts'
import { bodiesOf, compareAnswers, recordAnswers } from './answers.ts'
import { startBenchDatabase } from './database.ts'
import type { Load, Measured } from './load.ts'
import { type Running, spawnOnCore, startSubject } from './process.ts'
import { type Result, toTable } from './report.ts'
import { subjects } from './subjects.ts'
import { WORKLOADS } from './workloads.ts'

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
const [rounds, seconds, connections, warmup] = [values.rounds, values.seconds, values.connections, values.warmup].map(
  Number,
)
const say = (text: string): boolean => process.stderr.write(`${text}\n`)

/** Undoes what was started, last first. */
const undo: (() => Promise<void> | void)[] = []

async function startAll(): Promise<{ all: Running[]; headers: Record<string, string> }> {
  const folder = mkdtempSync(join(tmpdir(), 'lakebase-graphql-bench-answers-'))
  undo.push(() => rmSync(folder, { recursive: true, force: true }))
  say('Postgres with the sample data …')
  const database = await startBenchDatabase()
  undo.push(() => database.stop())
  const tokens = createTokens()
  const workspace = await listen(createWorkspaceApi(tokens))
  undo.push(() => closeServer(workspace.server))
  const environment = { ...database.environment, DATABRICKS_HOST: `http://127.0.0.1:${workspace.port}` }
  const persona = findPersona(DEFAULT_PERSONA)
  if (!persona) throw new Error(`there is no ${DEFAULT_PERSONA}`)
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    'x-forwarded-access-token': tokens.of(persona),
    'x-forwarded-email': persona.userName,
    'x-forwarded-user': persona.userName,
  }
  const all: Running[] = []
  // Ours first: the bare servers answer what we answer.
  const wanted = subjects((which) => join(folder, `${which}.json`))
    .filter(({ kind, name }) => !['peer', 'cache'].includes(kind) || name.includes(values.only))
    .toSorted((a, b) => Number(b.kind === 'ours') - Number(a.kind === 'ours'))
  for (const subject of wanted) {
    say(`starting ${subject.name}`)
    const running = await startSubject(subject, environment)
    undo.push(running.stop)
    if (subject.kind === 'ours') await recordAnswers(running, headers, folder)
    all.push(running)
  }
  return { all, headers }
}

/** Everything in turn, and that again and again, so that a slow moment of the machine meets all of them alike. */
async function measureAll(all: readonly Running[], headers: Record<string, string>, generator: ChildProcess) {
  const results = new Map<string, Result & { perSecond: number[]; cpuMs: number[]; p50Ms: number[]; p99Ms: number[] }>()
  for (let round = 0; round <= (rounds ?? 0); round++) {
    say(round === 0 ? 'warming up' : `round ${round} of ${rounds}`)
    for (const workload of WORKLOADS.filter(({ name }) => name.includes(values.workload))) {
      for (const running of all) {
        const { subject } = running
        const bodies = bodiesOf(subject, workload)
        if (!bodies) continue
        const url = `${running.origin}${subject.path(workload)}`
        const load = { url, headers, bodies, connections, seconds: round === 0 ? warmup : seconds } as Load
        const before = running.cpuMs()
        const measured = await generate(generator, load)
        const cpuMs = (running.cpuMs() - before) / measured.requests
        if (measured.failures > 0)
          throw new Error(`${subject.name} failed ${measured.failures} times at ${workload.name}`)
        if (round === 0) continue
        const key = `${workload.name} ${subject.name}`
        const empty = { perSecond: [], cpuMs: [], p50Ms: [], p99Ms: [] }
        const result = results.get(key) ?? {
          workload: workload.name,
          subject: subject.name,
          kind: subject.kind,
          ...empty,
        }
        result.perSecond.push(measured.perSecond)
        result.cpuMs.push(cpuMs)
        result.p50Ms.push(measured.p50Ms)
        result.p99Ms.push(measured.p99Ms)
        results.set(key, result)
      }
    }
  }
  const order = all.map(({ subject }) => subject.name)
  return [...results.values()].sort((a, b) => order.indexOf(a.subject) - order.indexOf(b.subject))
}

async function generate(generator: ChildProcess, load: Load): Promise<Measured> {
  const measured = once(generator, 'message')
  generator.send(load)
  const [result] = await measured
  return result as Measured
}

if (process.platform !== 'linux' || availableParallelism() < 2) {
  say('The bench pins server and generator to a core each: it needs Linux and two cores.')
  process.exit(1)
}
try {
  const { all, headers } = await startAll()
  say('comparing answers')
  await compareAnswers(all, headers)
  const generator = spawnOnCore(1, join(import.meta.dirname, 'load.ts'), [], {})
  undo.push(() => void generator.kill())
  const results = await measureAll(all, headers, generator)
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length }
  const about = (name: string): string => WORKLOADS.find((each) => each.name === name)?.about ?? ''
  process.stdout.write(`${toTable(results, about)}\n`)
  const figures = { at: new Date().toISOString(), machine, rounds, seconds, connections, results }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, 1)}\n`)
} finally {
  for (const each of undo.reverse()) await each()
}
