import type { IncomingMessage } from 'node:http'
import { AppError } from '../kernel/errors.ts'

export const MAX_BODY_BYTES = 1_048_576

/**
 * Reads a request's body, chunked or not.
 * @throws AppError PAYLOAD_TOO_LARGE as soon as it is longer than `MAX_BODY_BYTES`; `signal`'s reason if that aborts.
 */
export async function readBody(request: IncomingMessage, signal: AbortSignal): Promise<Buffer<ArrayBuffer>> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  const stop = (): void => {
    request.destroy(signal.reason)
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    for await (const chunk of request) {
      size += chunk.length
      if (size > MAX_BODY_BYTES) throw tooLarge()
      chunks.push(chunk)
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
  }
  return Buffer.concat(chunks, size)
}

function tooLarge(): AppError {
  return new AppError('PAYLOAD_TOO_LARGE', `The body is larger than ${MAX_BODY_BYTES} bytes. Send less at once.`)
}
