import { Agent, request as send } from 'node:http'
import autocannon from 'autocannon'
import { sendByWrk } from './wrk.ts'

/** The generator, a process of its own: gets a `Load` by a message, sends it, and answers with its `Measured`. */
export interface Load {
  readonly url: string
  /** POST, unless it says otherwise. */
  readonly method?: 'GET'
  readonly headers: Readonly<Record<string, string>>
  readonly bodies: readonly string[]
  /** More headers, of each body's own. */
  readonly each?: readonly Readonly<Record<string, string>>[]
  readonly connections: number
  /** Whole. */
  readonly seconds: number
  /** So many requests instead, however long they take (by autocannon). */
  readonly amount?: number
  /** So many a second, evenly, whether or not those before have been answered; else as many as can be. */
  readonly perSecond?: number
}

export interface Measured {
  readonly perSecond: number
  readonly requests: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly failures: number
}

process.on('message', (load: Load) => {
  sent(load).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      throw error
    },
  )
})

function sent(load: Load): Promise<Measured> {
  if (load.perSecond !== undefined) return evenly(load, load.perSecond)
  return load.amount === undefined ? sendByWrk(load) : counted(load, load.amount)
}

async function counted({ url, method, headers, bodies, each, connections }: Load, amount: number): Promise<Measured> {
  const requests = bodies.map((body, index) => ({ body, headers: { ...headers, ...each?.[index] } }))
  let client = 0
  const began = performance.now()
  const result = await autocannon({
    url,
    method: method ?? 'POST',
    headers: { ...headers },
    connections,
    amount,
    sampleInt: 50,
    requests,
    // Each connection begins elsewhere in the list, so that they don't all ask for the same thing.
    setupClient(connection) {
      const from = Math.floor((bodies.length / connections) * client++)
      connection.setRequests([...requests.slice(from), ...requests.slice(0, from)])
    },
  })
  const took = (performance.now() - began) / 1000
  return {
    perSecond: result.requests.total / took,
    requests: result.requests.total,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    failures: result.errors + result.timeouts + result.non2xx - result['3xx'],
  }
}

/** Times are from when a request was due, not from when there was time to send it. */
async function evenly(load: Load, perSecond: number): Promise<Measured> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections })
  const total = Math.floor(load.seconds * perSecond)
  const times: number[] = []
  let [sent, failures] = [0, 0]
  const began = performance.now()
  await new Promise<void>((resolve) => {
    const answered = (due: number, status: number): void => {
      times.push(performance.now() - due)
      if (status !== 200 && status !== 304) failures++
      if (times.length === total) resolve()
    }
    const dueAt = (index: number): number => began + (index * 1_000) / perSecond
    const turn = (): void => {
      for (; sent < total && dueAt(sent) <= performance.now(); sent++) {
        const due = dueAt(sent)
        sendOne(load, agent, sent, (status) => answered(due, status))
      }
      if (sent < total) setImmediate(turn)
    }
    turn()
  })
  agent.destroy()
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0
  const took = (performance.now() - began) / 1_000
  return { perSecond: total / took, requests: total, p50Ms: at(0.5), p99Ms: at(0.99), failures }
}

function sendOne({ url, method, headers, bodies, each }: Load, agent: Agent, turn: number, done: Done): void {
  const index = turn % bodies.length
  const body = bodies[index] ?? ''
  const length = { 'content-length': String(Buffer.byteLength(body)) }
  const own = { ...headers, ...each?.[index], ...(method === 'GET' ? {} : length) }
  const outgoing = send(url, { method: method ?? 'POST', headers: own, agent }, (response) => {
    response.resume().on('end', () => done(response.statusCode ?? 0))
  })
  outgoing.on('error', () => done(0)).end(method === 'GET' ? undefined : body)
}

type Done = (status: number) => void
