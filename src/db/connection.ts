import { Client, type ClientConfig } from 'pg'
import { endClient } from './end-client.ts'
import { isLoginRefused } from './failures.ts'
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
  /** @param onLost to be told if the connection ends by itself */
  open(onLost: (connection: Connection, error: Error) => void): Promise<Connection>
}

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
  let alive = true
  let closing: Promise<void> | undefined
  const lost = (error: Error): void => {
    const first = alive && closing === undefined
    alive = false
    if (first && connection.openedAt > 0) onLost(connection, error)
  }
  // One that breaks while it is in use fails its statement; without a listener its event would end the process besides.
  client.on('error', lost)
  client.on('end', () => lost(new Error('the server has closed the connection')))
  const connection = {
    client,
    openedAt: 0,
    alive: () => alive,
    close: () => {
      closing ??= alive ? endClient(client) : Promise.resolve()
      return closing
    },
  }
  try {
    await client.connect()
  } catch (error) {
    if (isLoginRefused(error)) password.refuse(secret)
    throw error
  }
  connection.openedAt = performance.now()
  return connection
}
