import { createConnection, createServer } from 'node:net'

/** Passes on everything between the app and Postgres, and counts what the app sends. */
export interface RecordingProxy {
  readonly port: number
  /** How many statements were executed since the last call, by the messages of Postgres' own protocol; but for polls. */
  executed(): number
  close(): Promise<void>
}

export async function startRecordingProxy(target: number): Promise<RecordingProxy> {
  let executions = 0
  const server = createServer((client) => {
    const upstream = createConnection(target, '127.0.0.1')
    client.on(
      'data',
      countMessages(() => executions++),
    )
    client.pipe(upstream).pipe(client)
    for (const [socket, other] of [[client, upstream] as const, [upstream, client] as const]) {
      socket.on('error', () => other.destroy())
      socket.on('close', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    executed() {
      const since = executions
      executions = 0
      return since
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** Of the connection that changes are read on: a prepared statement by this name, and what begins it. */
const POLLED = /^(B\0poll\0|Qlisten |Qselect system_ident)/

/** Reads frontend messages: first one without a type, then type, length, content. `E` is Execute, `Q` a simple query. */
function countMessages(onExecute: () => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0)
  let started = false
  let polls = false
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      const head = started ? 1 : 0
      if (rest.length < head + 4) return
      const end = head + rest.readInt32BE(head)
      if (rest.length < end) return
      const type = started ? String.fromCharCode(rest[0] ?? 0) : ''
      const said = rest.toString('latin1', head + 4, Math.min(end, head + 24))
      if (type === 'B' || type === 'Q') polls = POLLED.test(`${type}${said}`)
      if ((type === 'E' || type === 'Q') && !polls) onExecute()
      started = true
      rest = rest.subarray(end)
    }
  }
}
