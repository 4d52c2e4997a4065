import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Listens on a free port and tells it to whoever started this process. */
export function serve(listener: RequestListener): void {
  const server = createServer(listener)
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1', () => report((server.address() as AddressInfo).port))
}

/** Tells the port to whoever started this process. */
export function report(port: number): void {
  process.send?.({ port })
}
