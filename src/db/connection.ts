import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, type ClientConfig } from 'pg'
import { cutClient, endClient } from './end-client.ts'
import { isLoginRefused } from './failures.ts'
import { guardParser } from './guard-parser.ts'
import type { Login } from './session.ts'

/** One connection of one role. */
export interface Connection {
  readonly client: Client
  /** `performance.now()` when it had logged in. */
  readonly openedAt: number
  /** Whether the way to the server is still there, as far as is known. */
  alive(): boolean
  /** Ends it, by force if need be; resolves when the server has let it go. Never rejects. */
  close(): Promise<void>
}

/** Whose connection is wanted, and how to open one. */
export interface Opener {
  /** The principal: a connection is lent under the key that it was opened for, and under no other. */
  readonly key: string
  /** How many of them there may be. */
  readonly most: number
  /** So many aren't closed for somebody else's sake. */
  readonly kept: number
  /** Resolves when there is what opens one: nobody's connection is closed for a login that can't succeed. */
  ready(): Promise<unknown>
  /** @param onLost to be told if the connection ends by itself */
  open(onLost: (connection: Connection, error: Error) => void): Promise<Connection>
}

/** Longer than `client_connection_check_interval`. */
const LINGER_MS = 1_200

/**
 * Logs in. A password that is refused is told so, and the next one will be another.
 * @param onLost hears of a connection that ends by itself, once.
 * @throws what `pg` or the password says.
 */
export async function openConnection(
  config: ClientConfig,
  { user, password }: Login,
  onLost: (connection: Connection, error: Error) => void,
): Promise<Connection> {
  // Before the server is asked: it would wait for the password with a connection of its own.
  const secret = await password.get()
  const client = new Client({ ...config, user, password: secret })
  guardParser(client)
  let alive = true
  let goodbye = false
  let closing: Promise<void> | undefined
  const lost = (error: Error): void => {
    const first = alive && closing === undefined
    alive = false
    if (first && connection.openedAt > 0) onLost(connection, error)
  }
  // One that breaks while it is in use fails its statement; without a listener its event would end the process besides.
  client.on('error', lost)
  onFatal(client, () => {
    goodbye = true
  })
  client.on('end', () => lost(new Error('the server has closed the connection')))
  const connection = {
    client,
    openedAt: 0,
    alive: () => alive,
    close: () => (closing ??= (alive ? endClient(client) : Promise.resolve(goodbye)).then(linger)),
  }
  await client.connect().catch((error: unknown) => {
    // `pg` may leave it open where it isn't the server that gave up; nobody would count it.
    cutClient(client)
    if (isLoginRefused(error)) password.refuse(secret)
    throw error
  })
  forgetPassword(client)
  connection.openedAt = performance.now()
  return connection
}

/** The server notices that a connection has gone when it looks, each second: until then its session is still there. */
async function linger(bothAgree: boolean): Promise<void> {
  if (!bothAgree) await sleep(LINGER_MS, undefined, { ref: false })
}

/** A server that ends a session says so first. `pg` has no event of its own for that. */
function onFatal(client: object, heard: () => void): void {
  if (!('connection' in client) || !(client.connection instanceof EventEmitter)) return
  client.connection.on('errorMessage', ({ severity }: { severity?: string }) => {
    if (severity === 'FATAL') heard()
  })
}

/** `pg` keeps it as long as the connection, though it counts at login only. */
function forgetPassword(client: object): void {
  if ('password' in client) client.password = null
  if ('connectionParameters' in client) Object.assign(client.connectionParameters ?? {}, { password: null })
}
