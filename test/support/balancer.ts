import { Agent, type IncomingMessage, type RequestOptions, type ServerResponse, request as send } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { isReady } from '../../local/app-process.ts'
import { closeServer, listen } from '../../local/platform/listen.ts'

/** Spreads requests over the instances that say they are ready, as a platform that restarts them one by one has to. */
export interface Balancer {
  readonly url: string
  add(port: number): void
  remove(port: number): void
  /** Requests that came to nothing, and why. */
  readonly failures: string[]
  close(): Promise<void>
}

const LOOK_EVERY_MS = 200

type Headers = (request: IncomingMessage) => Record<string, string>

/** `headersFor` gives what the platform's proxy adds to a request. */
export async function startBalancer(headersFor: Headers): Promise<Balancer> {
  const instances = new Map<number, { ready: boolean }>()
  const failures: string[] = []
  const agent = new Agent({ keepAlive: true })
  let turn = 0
  const next: Passing['next'] = (tried) => {
    const ready = [...instances].flatMap(([port, { ready }]) => (ready && !tried.has(port) ? [port] : []))
    return ready[turn++ % ready.length]
  }
  const look = setInterval(() => {
    for (const [port, instance] of instances) void isReady(port).then((ready) => Object.assign(instance, { ready }))
  }, LOOK_EVERY_MS)
  const { server, port } = await listen((incoming, response) => {
    const fail = (why: string): void => {
      failures.push(why)
      response.writeHead(502).end()
    }
    void buffer(incoming).then((body) => {
      const headers = { ...incoming.headers, ...headersFor(incoming), 'content-length': String(body.length) }
      pass({ method: incoming.method, path: incoming.url, headers, agent }, { body, response, next, fail }, new Set())
    })
  })
  return {
    url: `http://127.0.0.1:${port}`,
    add: (instance) => void instances.set(instance, { ready: true }),
    remove: (instance) => void instances.delete(instance),
    failures,
    async close() {
      clearInterval(look)
      agent.destroy()
      await closeServer(server)
    },
  }
}

interface Passing {
  readonly body: Buffer
  readonly response: ServerResponse
  /** An instance that is ready and hasn't been tried. */
  readonly next: (tried: ReadonlySet<number>) => number | undefined
  readonly fail: (why: string) => void
}

/** Hands a request to an instance, and to another one if that one doesn't take connections. */
function pass(what: RequestOptions, passing: Passing, tried: ReadonlySet<number>): void {
  const { body, response, next, fail } = passing
  const port = next(tried)
  if (port === undefined) {
    fail('no instance is ready')
    return
  }
  const request = send({ ...what, port, host: '127.0.0.1' })
  request.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  request.on('error', (error: NodeJS.ErrnoException) => {
    // It has certainly not been sent, so another instance may have it. Of anything else nobody could know.
    if (error.code === 'ECONNREFUSED') pass(what, passing, new Set([...tried, port]))
    else fail(`${port}: ${error.code ?? error.message}`)
  })
  request.end(body)
}
