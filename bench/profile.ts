import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bodiesOf } from './answers.ts'
import { startBenchEnvironment } from './environment.ts'
import { startGenerator } from './generator.ts'
import { startSubject } from './process.ts'
import { sharesOf } from './stages.ts'
import { subjects } from './subjects.ts'
import { WORKLOADS } from './workloads.ts'

/** Where the time of a miss goes: each workload against a process of its own, under V8's profiler. */
const SECONDS = 12
const WARM_MS = 6_000

const ours = subjects(() => '').find(({ kind }) => kind === 'past memory')
if (!ours) throw new Error('we are not among the subjects')
const environment = await startBenchEnvironment()
const generator = startGenerator()
const folder = mkdtempSync(join(tmpdir(), 'lakebase-graphql-profile-'))
try {
  const columns: ReadonlyMap<string, number>[] = []
  for (const workload of WORKLOADS) {
    process.stderr.write(`${workload.name}: ${SECONDS} s\n`)
    const into = join(folder, workload.name)
    const flags = ['--cpu-prof', `--cpu-prof-dir=${into}`, '--cpu-prof-interval=400']
    const running = await startSubject(ours, environment.variables, flags)
    const url = `${running.origin}${ours.path(workload)}`
    const bodies = bodiesOf(ours, workload) ?? []
    await generator.send({ url, headers: environment.headers, bodies, connections: 16, seconds: SECONDS })
    await running.stop('SIGTERM')
    columns.push(sharesOf(join(into, readdirSync(into)[0] ?? ''), WARM_MS))
  }
  const stages = [...(columns[0]?.keys() ?? [])]
  const percent = (share = 0): string => `${Math.round(share * 100)} %`
  const rows = stages.map(
    (stage) => `| ${[stage, ...columns.map((shares) => percent(shares.get(stage)))].join(' | ')} |`,
  )
  const head = [`| | ${WORKLOADS.map(({ name }) => name).join(' | ')} |`, `|---|${'---:|'.repeat(WORKLOADS.length)}`]
  process.stdout.write(`${[...head, ...rows].join('\n')}\n`)
} finally {
  generator.stop()
  await environment.stop()
  rmSync(folder, { recursive: true, force: true })
}
