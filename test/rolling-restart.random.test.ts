import { Agent, request } from 'node:http'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../local/free-port.ts'
import { type Balancer, startBalancer } from './support/balancer.ts'
import { buildDistribution, type Distribution } from './support/distribution.ts'
import { audited, dayAhead, mutationOf } from './support/holiday-mutations.ts'
import { manyViewers } from './support/many-viewers.ts'
import { platformEnvironment } from './support/platform-environment.ts'
import type { Json } from './support/post.ts'
import type { Started } from './support/process.ts'
import { SOAKING } from './support/rounds.ts'
import { startTestApp, type TestApp, untilLive, untilReady } from './support/test-app.ts'

const REQUESTS = SOAKING ? 100_000 : 2_000
const TIMEOUT_MS = SOAKING ? 1_200_000 : 60_000
const [PEOPLE, AT_ONCE, MUTATION_EACH] = [12, 12, 50]
/** At least; while requests are coming, the instances are restarted one after the other. */
const RESTARTS = 2
/** By turns. */
const READS = [
  '{ viewer { name } holidayRequests(first: 2) { nodes { status } } }',
  ...Array.from({ length: 3 }, () => '{ viewer { name } trips(first: 1) { nodes { fare } } }'),
]

let dist: Distribution
let app: TestApp
let balancer: Balancer
const agent = new Agent({ keepAlive: true })
const instances: { readonly port: number; readonly process: Started }[] = []
let names: string[]

beforeAll(async () => {
  dist = buildDistribution()
  const people = await manyViewers(PEOPLE, { name: 'rolling' })
  names = people.map(({ userName }) => userName)
  app = await startTestApp({ personas: people })
  await app.sql(async (client) => {
    for (const name of names) await client.query('insert into holidays.employees values ($1, $1, null)', [name])
  })
  balancer = await startBalancer((incoming) => {
    const persona = app.tokens.find(String(incoming.headers['x-persona']))
    if (!persona) throw new Error('nobody asks')
    return { 'x-forwarded-access-token': app.tokens.of(persona) }
  })
  await startInstance()
  await startInstance()
})
afterAll(async () => {
  for (const { process } of instances) process.child.kill('SIGKILL')
  agent.destroy()
  await balancer.close()
  await app.close()
  dist.remove()
})

async function startInstance(): Promise<void> {
  const port = await freePort()
  const process = dist.run({ ...platformEnvironment(app, port), DRAIN_MS: '600' })
  const url = `http://127.0.0.1:${port}`
  await untilLive(url)
  await untilReady(url)
  instances.push({ port, process })
  balancer.add(port)
}

/** Ends the oldest, once another one is there in its place. */
async function replaceOne(): Promise<void> {
  await startInstance()
  const oldest = instances.shift()
  if (!oldest) throw new Error('there is none')
  oldest.process.child.kill('SIGTERM')
  expect(await oldest.process.ended).toBe(0)
  balancer.remove(oldest.port)
}

function post(persona: string, query: string, variables: object): Promise<{ status: number; answer: Json }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'x-persona': persona }
    const sent = request(`${balancer.url}/api/graphql`, { method: 'POST', headers, agent }, (response) => {
      json(response).then((answer) => resolve({ status: response.statusCode ?? 0, answer }), reject)
    })
    sent.on('error', reject)
    sent.end(JSON.stringify({ query, variables }))
  })
}

it(
  'a rolling restart of two instances fails no request, and loses and repeats no write',
  async () => {
    const deadline = performance.now() + TIMEOUT_MS
    let [sent, written, restarts] = [0, 0, 0]
    const wrong: Json[] = []
    const isOver = () => (sent >= REQUESTS && restarts >= RESTARTS) || performance.now() > deadline
    const ask = async (): Promise<void> => {
      while (!isOver()) {
        const number = sent++
        const writes = number % MUTATION_EACH === 0
        // Everybody asks for one day after the other.
        const turn = writes ? number / MUTATION_EACH : number
        const persona = names[turn % names.length] ?? ''
        const day = dayAhead(1 + Math.floor(turn / names.length))
        const { status, answer } = writes
          ? await post(persona, mutationOf('create'), { input: { startDate: day, endDate: day } })
          : await post(persona, READS[number % READS.length] ?? '', {})
        if (status !== 200 || answer.errors) wrong.push({ number, status, ...answer })
        else if (writes) written += answer.data.result.__typename === 'HolidayRequest' ? 1 : 0
      }
    }
    const restart = async (): Promise<void> => {
      for (; !isOver(); restarts++) await replaceOne()
    }
    const before = await audited(app, 'INSERT')
    const began = performance.now()
    await Promise.all([restart(), ...Array.from({ length: AT_ONCE }, ask)])
    const seconds = ((performance.now() - began) / 1_000).toFixed(0)
    const failed = wrong.length + balancer.failures.length
    process.stdout.write(`rolling restart: ${sent} requests, ${restarts} restarts, ${failed} failed, in ${seconds} s\n`)
    expect(balancer.failures).toEqual([])
    expect(wrong).toEqual([])
    expect(sent).toBeGreaterThanOrEqual(REQUESTS)
    expect(written).toBe(Math.ceil(sent / MUTATION_EACH))
    expect((await audited(app, 'INSERT')) - before).toBe(written)
  },
  TIMEOUT_MS + 60_000,
)
