import type { Duplex } from 'node:stream'
import { BufferReader } from 'pg-protocol/dist/buffer-reader.js'

/**
 * pg-protocol 1.16 reads an error's fields until one that ends them, and behind the last byte there is always one more empty
 * field: such a message would keep the process busy for ever. Nothing is there to be read behind the end.
 */
const { string } = BufferReader.prototype
BufferReader.prototype.string = function (length: number): string {
  // Which of its fields say how far it has come, its types don't tell.
  const { offset, buffer } = this as unknown as { offset: number; buffer: Buffer }
  if (length > 0 && offset >= buffer.length) throw new RangeError('a message of Postgres breaks off')
  return string.call(this, length)
}

/**
 * `pg` throws what it can't read right out of its socket's event, where nobody could catch it and the process would end.
 * With this it ends the connection instead. `client` hasn't connected yet.
 */
export function guardParser(client: object): void {
  // `pg` has no hook for that, and its types don't show where the parser comes in.
  if (!('connection' in client) || !hasListeners(client.connection))
    throw new Error('pg reads in another way than it did')
  const { connection } = client
  const attach = connection.attachListeners
  connection.attachListeners = (stream) => {
    attach.call(connection, stream)
    for (const read of stream.listeners('data')) {
      stream.off('data', read as Read)
      stream.on('data', guarded(read as Read, stream))
    }
  }
}

type Read = (chunk: Buffer) => void

interface WithListeners {
  attachListeners(stream: Duplex): void
}

function hasListeners(connection: unknown): connection is WithListeners {
  return typeof connection === 'object' && connection !== null && 'attachListeners' in connection
}

function guarded(read: Read, stream: Duplex): Read {
  return (chunk) => {
    try {
      read(chunk)
    } catch (error) {
      stream.destroy(new Error('Postgres has sent what pg can’t read', { cause: error }))
    }
  }
}
