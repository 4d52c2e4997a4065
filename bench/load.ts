import autocannon from 'autocannon'

/** The generator, a process of its own: gets a `Load` by a message, sends it, and answers with its `Measured`. */
export interface Load {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly bodies: readonly string[]
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

async function run({ url, headers, bodies, connections, seconds }: Load): Promise<Measured> {
  let client = 0
  const began = performance.now()
  const result = await autocannon({
    url,
    method: 'POST',
    headers: { ...headers },
    connections,
    duration: seconds,
    requests: bodies.map((body) => ({ body })),
    // Each connection begins elsewhere in the list, so that they don't all ask for the same thing.
    setupClient(connection) {
      const from = Math.floor((bodies.length / connections) * client++)
      connection.setRequests([...bodies.slice(from), ...bodies.slice(0, from)].map((body) => ({ body })))
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
