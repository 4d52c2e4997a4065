import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'

/** `end` waits for the server to close its side, for ever if it doesn't. */
const END_MS = 2_000

/** Ends a connection, by force if the server doesn't take part. Resolves to whether it did. Never rejects. */
export async function endClient(client: Client): Promise<boolean> {
  const ended = client.end().then(
    () => true,
    () => false,
  )
  if (await Promise.race([ended, sleep(END_MS, false, { ref: false })])) return true
  cutClient(client)
  return false
}

/** Closes a connection's socket at once, whatever is under way on it. */
export function cutClient(client: object): void {
  // `pg` has no public way to cut a connection, and its types don't show where the socket is.
  if ('connection' in client) destroyStream(client.connection)
}

function destroyStream(connection: unknown): void {
  if (typeof connection !== 'object' || connection === null || !('stream' in connection)) return
  const { stream } = connection
  if (typeof stream !== 'object' || stream === null || !('destroy' in stream)) return
  if (typeof stream.destroy === 'function') stream.destroy()
}
