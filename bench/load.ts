import autocannon from 'autocannon'

/** The generator, a process of its own: gets a `Load` by a message, sends it, and answers with its `Measured`. */
export interface Load {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly bodies: readonly string[]
  /** More headers, of each body's own. */
  readonly each?: readonly Readonly<Record<string, string>>[]
  readonly connections: number
  readonly seconds: number
}

export interface Measured {
  readonly perSecond: number
  readonly requests: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly failures: number
}

process.on('message', (load: Load) => {
  run(load).then(
    (measured) => process.send?.(measured),
    (error: unknown) => {
      throw error
    },
  )
})

async function run({ url, headers, bodies, each, connections, seconds }: Load): Promise<Measured> {
  const requests = bodies.map((body, index) => ({ body, headers: { ...headers, ...each?.[index] } }))
  let client = 0
  const began = performance.now()
  const result = await autocannon({
    url,
    method: 'POST',
    headers: { ...headers },
    connections,
    duration: seconds,
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
    failures: result.errors + result.timeouts + result.non2xx,
  }
}
