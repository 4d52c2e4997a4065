import type { IncomingMessage } from 'node:http'
import { AppError } from '../kernel/errors.ts'
import { untilAborted } from '../kernel/signals.ts'

export const MAX_BODY_BYTES = 1_048_576
/** Of a body that is too large so much is still read, and thrown away: who is cut off while sending reads no answer. */
const MAX_DISCARDED_BYTES = 32 * MAX_BODY_BYTES

/**
 * Reads a request's body, chunked or not.
 * @throws AppError PAYLOAD_TOO_LARGE if it is longer than `MAX_BODY_BYTES`; `signal`'s reason if that aborts.
 */
export function readBody(request: IncomingMessage, signal: AbortSignal): Promise<Buffer<ArrayBuffer>> {
  return untilAborted(collect(request), signal)
}

/** By events: reading a stream as an async iterable costs more than all the rest of a small request's HTTP. */
function collect(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const take = (chunk: Buffer): void => {
      size += chunk.length
      if (size <= MAX_BODY_BYTES) chunks.push(chunk)
      else chunks.length = 0
      if (size > MAX_DISCARDED_BYTES) refuse()
    }
    const refuse = (): void => {
      request.off('data', take).pause()
      reject(tooLarge())
    }
    if (Number(request.headers['content-length'] ?? 0) > MAX_DISCARDED_BYTES) return refuse()
    request.on('data', take)
    request.once('end', () => (size > MAX_BODY_BYTES ? reject(tooLarge()) : resolve(Buffer.concat(chunks, size))))
    request.once('error', reject)
    request.resume() // somebody may have begun to read it, and paused it
  })
}

function tooLarge(): AppError {
  return new AppError('PAYLOAD_TOO_LARGE', `The body is larger than ${MAX_BODY_BYTES} bytes. Send less at once.`)
}
