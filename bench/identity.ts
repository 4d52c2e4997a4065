import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createAuthenticate } from '../src/identity/index.ts'
import { createWorkspace } from '../src/workspace/index.ts'
import { type Generator, startGenerator } from './generator.ts'
import { comparePools } from './pools.ts'
import { type Running, startSubject } from './process.ts'
import { median } from './report.ts'
import { type Subject, subjects } from './subjects.ts'
import { startViewers, type Viewers } from './viewers.ts'

/**
 * `npm run bench:identity`: what it costs to read as each viewer, for few and many viewers on 20 connections, against one
 * shared pool of a role that row-level security doesn't bind; and what it costs to know who asks.
 */
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, seconds: { type: 'string', default: '3' } },
})
const rounds = Number(values.rounds)
const seconds = Number(values.seconds)
const [CONNECTIONS, BUDGET] = [16, 20]
const ACTIVE = [1, 20, 50, 500]
const CALLS = 200_000
const WARM_UP_SECONDS = 25
const BODY = JSON.stringify({
  query: '{ holidayRequests(first: 20) { nodes { requestId employeeName startDate endDate status } } }',
})
const say = (text: string): boolean => process.stderr.write(`${text}\n`)

const SHARED: Subject = {
  name: 'one shared pool, no row-level security',
  kind: 'hand-written',
  script: join(import.meta.dirname, 'subjects', 'shared-pool.ts'),
  args: [],
  path: () => '/',
  query: () => undefined,
}

async function startAll(viewers: Viewers): Promise<Map<string, Running>> {
  // What is in memory already needs no connection of anybody's.
  const ours = subjects(() => '').find(({ kind }) => kind === 'past memory')
  if (!ours) throw new Error('we are not among the subjects')
  const budget = { DB_MAX_CONNECTIONS: String(BUDGET) }
  return new Map([
    [SHARED.name, await startSubject(SHARED, { ...viewers.superuser, ...budget })],
    ['login: each viewer’s own connections', await startSubject(ours, { ...viewers.lakebase, ...budget })],
    [
      'claims: the app’s connections',
      await startSubject(ours, { ...viewers.lakebase, ...budget, VIEWER_ACCESS: 'claims' }),
    ],
  ])
}

async function send(running: Running, generator: Generator, headers: Viewers['headers'], duration: number) {
  const url = `${running.origin}${running.subject.kind === 'past memory' ? '/api/graphql' : '/'}`
  const load = { url, headers: { 'content-type': 'application/json' }, connections: CONNECTIONS, seconds: duration }
  const before = running.cpuMs()
  const measured = await generator.send({ ...load, bodies: headers.map(() => BODY), each: headers })
  return { perSecond: measured.perSecond, cpuUs: ((running.cpuMs() - before) * 1000) / measured.requests }
}

async function measure(all: ReadonlyMap<string, Running>, viewers: Viewers, generator: Generator): Promise<string[]> {
  const results = new Map<string, { perSecond: number[]; cpuUs: number[] }>()
  for (let round = 0; round <= rounds; round++) {
    say(round === 0 ? 'warming up' : `round ${round} of ${rounds}`)
    // All viewers' tokens are proven and their rights known before anything counts.
    for (const active of round === 0 ? [Math.max(...ACTIVE)] : ACTIVE) {
      for (const [name, running] of all) {
        const headers = viewers.headers.slice(0, active)
        await send(running, generator, headers, round === 0 ? WARM_UP_SECONDS : 1)
        if (round === 0) continue
        const { perSecond, cpuUs } = await send(running, generator, headers, seconds)
        const result = results.get(`${name} ${active}`) ?? { perSecond: [], cpuUs: [] }
        results.set(`${name} ${active}`, result)
        result.perSecond.push(perSecond)
        result.cpuUs.push(cpuUs)
      }
    }
  }
  return [...all.keys()].map((name) => {
    const cells = ACTIVE.map((active) => {
      const [own, floor] = [`${name} ${active}`, `${SHARED.name} ${active}`].map((key) =>
        median(results.get(key)?.perSecond ?? []),
      )
      const cpu = median(results.get(`${name} ${active}`)?.cpuUs ?? [])
      return `${Math.round(own ?? 0).toLocaleString('en')} · ${((own ?? 0) / (floor ?? 1)).toFixed(2)} · ${Math.round(cpu).toLocaleString('en')} µs`
    })
    return `| ${name} | ${cells.join(' | ')} |`
  })
}

/** Microseconds to know who asks, once the token has been proven. */
async function costOfIdentity({ workspaceUrl, headers }: Viewers): Promise<number> {
  const workspace = createWorkspace(workspaceUrl)
  const proof = { proofMs: 3_600_000, graceMs: 3_600_000 }
  const authenticate = createAuthenticate({ workspace, endpoint: undefined, trustForwardedEmail: false, ...proof })
  const distinct = headers.map((each) =>
    Object.fromEntries(Object.entries(each).map(([name, value]) => [name, [value]])),
  )
  for (const each of distinct) await authenticate(each)
  const times: number[] = []
  for (let round = 0; round < 5; round++) {
    const began = performance.now()
    for (let call = 0; call < CALLS; call++) await authenticate(distinct[call % distinct.length] ?? {})
    times.push(((performance.now() - began) * 1000) / CALLS)
  }
  return Math.min(...times)
}

say('Postgres with many viewers …')
const viewers = await startViewers(Math.max(...ACTIVE))
const generator = startGenerator()
const all = await startAll(viewers)
try {
  const rows = await measure(all, viewers, generator)
  const head = ACTIVE.map((active) => `${active} viewer${active === 1 ? '' : 's'}`).join(' | ')
  for (const running of all.values()) await running.stop()
  say('pools alone')
  process.stdout.write(`\n${await comparePools({ viewers, budget: BUDGET, active: ACTIVE, rounds, seconds })}\n`)
  process.stdout.write(
    `| requests/s · of the shared pool · CPU | ${head} |\n|---|${'---:|'.repeat(ACTIVE.length)}\n${rows.join('\n')}\n`,
  )
  process.stdout.write(
    `\nTo know who asks, once a token is proven: ${(await costOfIdentity(viewers)).toFixed(2)} µs (best of 5)\n`,
  )
} finally {
  generator.stop()
  for (const running of all.values()) await running.stop()
  await viewers.stop()
}
