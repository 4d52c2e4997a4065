import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeServer, listen } from '../local/platform/listen.ts'
import { createTokens, DEFAULT_PERSONA, findPersona } from '../local/platform/personas.ts'
import { createWorkspaceApi } from '../local/platform/workspace.ts'
import { answerScope } from '../src/cache/index.ts'
import { keyOf } from '../src/http/memory/key.ts'
import { EVERYONE } from '../src/identity/index.ts'
import { startGenerator } from './generator.ts'
import { createHitParts } from './hit-parts.ts'
import { type Running, startSubject } from './process.ts'
import { median } from './report.ts'
import type { Subject } from './subjects.ts'

/**
 * `npm run bench:parts`: what each part of a hit costs by itself, called again and again; and all of them together, in the server's CPU for
 * one request. One process differs from the next by more than a part costs, so of each kind there are several.
 */
const [CALLS, TIMES] = [200_000, 7]
const [PROCESSES, BATCHES, BATCH, WARM_UP] = [4, 15, 4_000, 60_000]
/** As long as the list of a hundred trips is. */
const TEXT = JSON.stringify({ data: { trips: { nodes: 'x'.repeat(18_980) } } })
const BODY = JSON.stringify({ query: '{ trips(first: 100) { nodes { tripId pickupAt fare } } }' })
const say = (text: string): boolean => process.stdout.write(`${text}\n`)

const folder = mkdtempSync(join(tmpdir(), 'lakebase-graphql-bench-'))
const file = join(folder, 'answers.json')
writeFileSync(file, JSON.stringify({ headers: {}, bodies: { '/list': TEXT, '/api/graphql': TEXT } }))
const tokens = createTokens()
const persona = findPersona(DEFAULT_PERSONA)
if (!persona) throw new Error(`there is no ${DEFAULT_PERSONA}`)
const workspace = await listen(createWorkspaceApi({ tokens, mint: async () => undefined }))
const workspaceUrl = `http://127.0.0.1:${workspace.port}`
const headers = {
  'content-type': 'application/json',
  accept: 'application/json',
  'x-forwarded-access-token': tokens.of(persona),
  'x-forwarded-email': persona.userName,
}

/** µs for one call: the least of several rounds. */
function costOf(call: () => unknown): number {
  const times = Array.from({ length: TIMES }, () => {
    const began = performance.now()
    for (let count = 0; count < CALLS; count++) call()
    return ((performance.now() - began) * 1_000) / CALLS
  })
  return Math.min(...times)
}

async function eachByItself(): Promise<void> {
  const parts = createHitParts(workspaceUrl, () => undefined)
  const request = new IncomingMessage(new Socket())
  Object.assign(request, { method: 'POST', url: '/api/graphql' })
  Object.assign(request.headers, headers)
  await parts.authenticate(Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])))
  const body = Buffer.from(BODY)
  const key = keyOf(request, body) ?? ''
  parts.keep(persona?.userName ?? '', key, TEXT)
  const { userName = '' } = parts.authenticate.known(headers) ?? {}
  const scope = answerScope(EVERYONE, parts.authorizationOf(userName) ?? '')
  if (!parts.responses.get(scope, key)) throw new Error('the answer is not there')
  const sent = { requestId: 'one', status: 200 as const, bytes: TEXT.length }
  const costs: readonly (readonly [string, () => unknown])[] = [
    ['identity: who sent this token, a hash of it among that', () => parts.authenticate.known(headers)],
    ['rights as they are', () => parts.authorizationOf(userName)],
    ['key: type and bytes of the operation', () => keyOf(request, body)],
    ['the look: found, live, nothing has changed', () => parts.responses.get(scope, key)],
    ['rate limit', () => parts.rateLimit.take(userName)],
    ['request id', () => parts.requestIdOf(undefined)],
    ['position', () => parts.positions.addTo([], undefined)],
    ['metrics and log', () => parts.hits.note(request, sent, performance.now(), 0.01)],
  ]
  say('| | µs |\n|---|---:|')
  for (const [name, call] of costs) say(`| ${name} | ${costOf(call).toFixed(2)} |`)
}

const subject = (name: string, script: string, ...args: string[]): Subject => ({
  name,
  kind: 'bare',
  script: join(import.meta.dirname, 'subjects', script),
  args: [file, ...args],
  path: () => '/api/graphql',
  query: () => undefined,
})
const SUBJECTS = [
  subject('bare node:http', 'bare.ts'),
  subject('a hit, with all of it', 'hit-parts.ts'),
  subject('a hit without identity, rights, limit, id, position, metrics and log', 'hit-parts.ts', 'without'),
]

/** Short batches in turn, of which a tenth were disturbed least. */
async function allTogether(): Promise<void> {
  const generator = startGenerator()
  const all: Running[] = []
  try {
    for (let each = 0; each < PROCESSES * SUBJECTS.length; each++) {
      const one = SUBJECTS[each % SUBJECTS.length]
      if (one) all.push(await startSubject(one, { DATABRICKS_HOST: workspaceUrl }))
    }
    const times = new Map<Running, number[]>(all.map((running) => [running, []]))
    for (let batch = 0; batch <= BATCHES; batch++) {
      process.stderr.write(batch === 0 ? 'warming up\n' : `batch ${batch} of ${BATCHES}\n`)
      for (const running of all) {
        const amount = batch === 0 ? WARM_UP : BATCH
        const url = `${running.origin}/api/graphql`
        const before = running.cpuMs()
        await generator.send({ url, headers, bodies: [BODY], connections: 16, seconds: 0, amount })
        if (batch > 0) times.get(running)?.push(((running.cpuMs() - before) * 1_000) / amount)
      }
    }
    say('\n| | CPU µs | of bare |\n|---|---:|---:|')
    const of = (one: Subject): number =>
      median(all.filter(({ subject: { name } }) => name === one.name).map((each) => lowest(times.get(each) ?? [])))
    const [bare] = SUBJECTS
    if (!bare) return
    for (const each of SUBJECTS) say(`| ${each.name} | ${of(each).toFixed(1)} | ${(of(bare) / of(each)).toFixed(2)} |`)
  } finally {
    generator.stop()
    for (const running of all) await running.stop()
  }
}

const lowest = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 10)] ?? 0

try {
  await eachByItself()
  await allTogether()
} finally {
  await closeServer(workspace.server)
  rmSync(folder, { recursive: true, force: true })
}
