import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Client } from 'pg'
import type { DatabaseSettings } from './settings.ts'

const SSL_REQUEST = 80_877_103
const CANCEL_REQUEST = 80_877_102
const CANCEL_TIMEOUT_MS = 2_000

/**
 * Asks the server to end what `client` is running, on a connection of its own, and resolves when the server has closed
 * that connection. Only then has the request taken effect: a client that is used again before loses its next statement
 * to it. `pg` has no cancel that speaks TLS, which Lakebase's proxy needs to find the server.
 * See "Canceling Requests in Progress" in PostgreSQL's protocol documentation.
 */
export async function cancelRunning(client: Client, settings: DatabaseSettings): Promise<void> {
  const backend = backendOf(client)
  if (!backend) return
  const plain = connect(settings.port, settings.host)
  const timeout = setTimeout(
    () => plain.destroy(new Error(`the server did not take a cancel request within ${CANCEL_TIMEOUT_MS} ms`)),
    CANCEL_TIMEOUT_MS,
  )
  try {
    await event(plain, 'connect')
    const socket = settings.tls === false ? plain : await startTls(plain, settings.host, settings.tls.ca)
    const closed = event(socket, 'close')
    socket.write(integers(16, CANCEL_REQUEST, backend.pid, backend.key))
    socket.resume()
    await closed
  } finally {
    clearTimeout(timeout)
    plain.destroy()
  }
}

async function startTls(plain: Socket, host: string, ca: string | undefined): Promise<Socket> {
  plain.write(integers(8, SSL_REQUEST))
  const answer = await new Promise<Buffer>((resolve, reject) => {
    plain.once('data', resolve)
    plain.once('error', reject)
    plain.once('close', () => reject(new Error('the server closed the connection')))
  })
  if (answer.toString('latin1') !== 'S') throw new Error('the server does not speak TLS')
  const secure = connectTls({ socket: plain, servername: host, ...(ca === undefined ? {} : { ca }) })
  await event(secure, 'secureConnect')
  return secure
}

function event(socket: Socket, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(name, () => resolve())
    socket.once('error', reject)
  })
}

function integers(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4)
  values.forEach((value, index) => {
    buffer.writeInt32BE(value, index * 4)
  })
  return buffer
}

/** `pg` keeps the backend's id and secret on the client, but its types don't say so. */
function backendOf(client: object): { pid: number; key: number } | undefined {
  if (!('processID' in client) || !('secretKey' in client)) return undefined
  const { processID: pid, secretKey: key } = client
  return typeof pid === 'number' && typeof key === 'number' ? { pid, key } : undefined
}
