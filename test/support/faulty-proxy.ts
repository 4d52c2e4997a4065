import { createConnection, createServer, type Server, type Socket } from 'node:net'

/** A TCP proxy whose faults a test chooses. */
export interface FaultyProxy {
  readonly port: number
  /** Connections that are open now. */
  readonly open: () => number
  /** From now on nothing comes through, in neither direction, and nothing is closed: a black hole. */
  swallow(): void
  /** Resets every open connection. */
  reset(): void
  heal(): void
  close(): Promise<void>
}

export async function startFaultyProxy(target: number): Promise<FaultyProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let swallowing = false
  const server: Server = createServer((client) => {
    const upstream = createConnection(target, '127.0.0.1')
    const pair = [client, upstream] as const
    pairs.add(pair)
    const forget = (): unknown => pairs.delete(pair)
    connect(client, upstream, () => swallowing, forget)
    connect(upstream, client, () => swallowing, forget)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const resetAll = (): void => {
    for (const [client, upstream] of pairs) {
      client.resetAndDestroy()
      upstream.destroy()
    }
  }
  return {
    port: address.port,
    open: () => pairs.size,
    swallow() {
      swallowing = true
    },
    reset: resetAll,
    heal() {
      swallowing = false
    },
    async close() {
      resetAll()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** Sends on what comes, and closes with the other side. */
function connect(from: Socket, to: Socket, swallowing: () => boolean, forget: () => unknown): void {
  from.on('data', (chunk) => {
    if (!swallowing()) to.write(chunk)
  })
  from.on('error', () => to.destroy())
  from.on('close', () => {
    to.destroy()
    forget()
  })
}
