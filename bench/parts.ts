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
import { OWN_HEADERS } from './answers.ts'
import { startGenerator } from './generator.ts'
import { createHitParts } from './hit-parts.ts'
import type { Load } from './load.ts'
import { type Running, startSubject } from './process.ts'
import { median } from './report.ts'
import type { Subject } from './subjects.ts'

/**
 * `npm run bench:parts`: what each part of a hit costs by itself, called again and again; and all of them together, in the server's CPU for
 * one request, beside bare `node:http` with and without the same headers. One process differs from the next by more than a part costs, so of
 * each kind there are several.
 */
const [CALLS, TIMES] = [200_000, 7]
const [PROCESSES, BATCHES, BATCH, WARM_UP] = [4, 15, 4_000, 60_000]
/** As long as the list of a hundred trips is, and as a few rows are. */
const [TEXT, SMALL] = [18_980, 2_000].map((length) =>
  JSON.stringify({ data: { trips: { nodes: 'x'.repeat(length) } } }),
)
const BODY = JSON.stringify({ query: '{ trips(first: 100) { nodes { tripId pickupAt fare } } }' })
const say = (text: string): boolean => process.stdout.write(`${text}\n`)

const folder = mkdtempSync(join(tmpdir(), 'lakebase-graphql-bench-'))
const PATH = '/api/graphql'
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
  parts.keep(persona?.userName ?? '', key, TEXT ?? '')
  const { userName = '' } = parts.authenticate.known(headers) ?? {}
  const scope = answerScope(EVERYONE, parts.authorizationOf(userName) ?? '')
  if (!parts.responses.get(scope, key)) throw new Error('the answer is not there')
  const sent = { requestId: 'one', status: 200 as const, bytes: TEXT?.length ?? 0 }
  const costs: readonly (readonly [string, () => unknown])[] = [
    ['identity: who sent this token, a hash of it among that', () => parts.authenticate.known(headers)],
    ['rights as they are', () => parts.authorizationOf(userName)],
    ['key: type and bytes of the operation', () => keyOf(request, body)],
    ['the look: found, live, nothing has changed', () => parts.responses.get(scope, key)],
    ['rate limit', () => parts.rateLimit.take(userName)],
    ['request id', () => parts.requestIdOf(undefined)],
    ['position', () => parts.positions.lines(undefined)],
    ['metrics and log', () => parts.hits.note(request, sent, performance.now(), 0.01)],
  ]
  say('| | µs |\n|---|---:|')
  for (const [name, call] of costs) say(`| ${name} | ${costOf(call).toFixed(2)} |`)
}

const subject = (name: string, script: string, ...args: string[]): Subject => ({
  name,
  kind: 'bare',
  script: join(import.meta.dirname, 'subjects', script),
  args,
  path: () => PATH,
  query: () => undefined,
})

interface Case {
  readonly name: string
  readonly text: string
  readonly subjects: readonly Subject[]
  /** Asks for what it has already. */
  readonly unchanged?: boolean
}

/** Their answers' bodies, and headers as ours has them. */
function answersIn(name: string, text: string, headers: Readonly<Record<string, string>>): string {
  const file = join(folder, `${name}.json`)
  const bodies = { '/list': text, [PATH]: text }
  writeFileSync(file, JSON.stringify({ headers, bodies }))
  return file
}

async function casesOf(): Promise<readonly Case[]> {
  const all: Case[] = []
  for (const [name, text = '', unchanged] of [
    ['list', TEXT],
    ['small', SMALL],
    ['304', SMALL, true],
  ] as const) {
    const plain = answersIn(name, text, {})
    const hit = subject('a hit, with all of it', 'hit-parts.ts', plain)
    const running = await startSubject(hit, { DATABRICKS_HOST: workspaceUrl })
    const same = answersIn(`${name}-same`, text, await headersOf(running))
    await running.stop()
    const floors = [subject('bare node:http', 'bare.ts', plain), subject('the same headers', 'bare.ts', same)]
    const without = subject(
      'without identity, rights, limit, id, position, metrics and log',
      'hit-parts.ts',
      plain,
      'without',
    )
    const subjects = [...floors, hit, ...(name === 'list' ? [without] : [])]
    all.push({ name, text, subjects, ...(unchanged && { unchanged }) })
  }
  return all
}

async function headersOf(running: Running): Promise<Record<string, string>> {
  const ask = (): Promise<Response> => fetch(`${running.origin}${PATH}`, { method: 'POST', headers, body: BODY })
  await (await ask()).text()
  const answer = await ask()
  await answer.text()
  return Object.fromEntries([...answer.headers].filter(([name]) => !OWN_HEADERS.includes(name)))
}

/** What a request of this case is. */
async function loadFor(running: Running, { unchanged }: Case): Promise<Load> {
  if (!unchanged) return { url: `${running.origin}${PATH}`, headers, bodies: [BODY], connections: 16, seconds: 0 }
  const url = `${running.origin}${PATH}?${new URLSearchParams({ query: '{ viewer { id } }' })}`
  let etag = '"any"'
  for (let time = 0; time < 2; time++) etag = (await fetch(url, { headers })).headers.get('etag') ?? etag
  return {
    url,
    method: 'GET',
    bodies: [''],
    headers: { ...headers, 'if-none-match': etag },
    connections: 16,
    seconds: 0,
  }
}

/** Short batches in turn, of which a tenth were disturbed least. */
async function allTogether(one: Case): Promise<void> {
  const generator = startGenerator()
  const all: Running[] = []
  try {
    for (let each = 0; each < PROCESSES * one.subjects.length; each++) {
      const next = one.subjects[each % one.subjects.length]
      if (next) all.push(await startSubject(next, { DATABRICKS_HOST: workspaceUrl }))
    }
    const times = new Map<Running, number[]>(all.map((running) => [running, []]))
    for (let batch = 0; batch <= BATCHES; batch++) {
      process.stderr.write(`${one.name}: ${batch === 0 ? 'warming up' : `batch ${batch} of ${BATCHES}`}\n`)
      for (const running of all) {
        const amount = batch === 0 ? WARM_UP : BATCH
        const load = await loadFor(running, one)
        const before = running.cpuMs()
        await generator.send({ ...load, amount })
        if (batch > 0) times.get(running)?.push(((running.cpuMs() - before) * 1_000) / amount)
      }
    }
    report(one, (name) =>
      all.filter(({ subject }) => subject.name === name).map((each) => lowest(times.get(each) ?? [])),
    )
  } finally {
    generator.stop()
    for (const running of all) await running.stop()
  }
}

function report({ name, text, subjects }: Case, timesOf: (name: string) => readonly number[]): void {
  say(`\n| ${name}, ${text.length} characters | CPU µs | of bare | of the same headers |\n|---|---:|---:|---:|`)
  const [bare = 0, same = 0] = subjects.map((each) => median(timesOf(each.name)))
  for (const each of subjects) {
    const us = median(timesOf(each.name))
    say(`| ${each.name} | ${us.toFixed(1)} | ${(bare / us).toFixed(2)} | ${(same / us).toFixed(2)} |`)
  }
}

const lowest = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 10)] ?? 0

try {
  await eachByItself()
  for (const each of await casesOf()) await allTogether(each)
} finally {
  await closeServer(workspace.server)
  rmSync(folder, { recursive: true, force: true })
}
