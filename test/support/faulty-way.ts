import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** The way to a socket, with the delay of the moment. */
export function slowly(to: Socket, faults: { readonly delayMs: (() => number) | undefined }): Way {
  let last: Promise<unknown> = Promise.resolve()
  return {
    write(chunk) {
      if (!faults.delayMs) return void to.write(chunk)
      const slept = sleep(faults.delayMs())
      last = Promise.all([last, slept]).then(() => to.write(chunk))
    },
    destroy: () => to.destroy(),
  }
}

export interface Way {
  write(chunk: Buffer): void
  destroy(): unknown
}

/** Sends on what comes, and closes with the other side. */
export function connect(
  from: Socket,
  to: Way,
  swallows: (chunk: Buffer) => boolean,
  forget: () => unknown,
  heard = (chunk: Buffer): Buffer => chunk,
): void {
  from.on('data', (chunk: Buffer) => {
    if (!swallows(chunk)) to.write(heard(chunk))
  })
  from.on('error', () => to.destroy())
  from.on('close', () => {
    to.destroy()
    forget()
  })
}

/** Messages of Postgres have a type and a length; what comes in one piece begins with one as a rule. */
export function withoutNotifications(chunk: Buffer): Buffer {
  const kept: Buffer[] = []
  for (let at = 0; at < chunk.length; ) {
    const end = at + 5 <= chunk.length ? at + 1 + chunk.readUInt32BE(at + 1) : chunk.length
    if (chunk[at] !== 'A'.charCodeAt(0) || end > chunk.length) kept.push(chunk.subarray(at, end))
    at = end
  }
  return Buffer.concat(kept)
}
