import type { ServerResponse } from 'node:http'

/** Longer than a proxy keeps what is idle (Envoy: an hour), in ms: if the app closed it first, a request could be on its way there. */
export const KEEP_ALIVE_MS = 3_660_000

/** What follows the head: bytes, or their latin1 text where that is sent faster. */
export type Body = Buffer | string

/** Longer bodies are sent faster as bytes beside their head than as one text with it. */
const MAX_TEXT_BYTES = 8_192
const START = { 200: 'HTTP/1.1 200 OK\r\n', 304: 'HTTP/1.1 304 Not Modified\r\n' }

/** The bytes in the form in which they are sent fastest. */
export function bodyOf(bytes: Buffer): Body {
  return bytes.length > MAX_TEXT_BYTES ? bytes : bytes.toString('latin1')
}

/** Header lines, of names and values in turn; nobody checks them again. */
export function linesOf(headers: readonly string[]): string {
  let lines = ''
  for (let at = 0; at < headers.length; at += 2) lines += `${headers[at]}: ${headers[at + 1]}\r\n`
  return lines
}

/**
 * Sends a whole answer. Node's own way checks and writes each header anew, which costs a fifth of a hit (docs/adr/0009), so where
 * the connection is this response's and stays open, the bytes go there directly; then `finish` has Node go on to the next request.
 * @param lines as `linesOf` makes them
 */
export function send(response: ServerResponse, status: 200 | 304, lines: string, body: Body): void {
  const { socket, shouldKeepAlive } = response
  // Behind another response of the same connection, on one that is to be closed, or for HTTP/1.0.
  if (!socket?.writable || !shouldKeepAlive || response.req.httpVersionMinor !== 1) {
    response.writeHead(status, headersOf(lines)).end(body, 'latin1')
    return
  }
  const head = START[status] + lines + lastLines()
  if (typeof body === 'string') {
    socket.write(head + body, 'latin1')
  } else {
    socket.cork()
    socket.write(head, 'latin1')
    socket.write(body)
    socket.uncork()
  }
  response.emit('finish')
}

function headersOf(lines: string): string[] {
  const headers = lines.split('\r\n').slice(0, -1)
  return headers.flatMap((line) => {
    const colon = line.indexOf(': ')
    return [line.slice(0, colon), line.slice(colon + 2)]
  })
}

let second = 0
let ofSecond = ''

/** What Node says too, made once a second. */
function lastLines(): string {
  const now = Math.floor(Date.now() / 1_000)
  if (now !== second) {
    second = now
    const date = new Date(now * 1_000).toUTCString()
    ofSecond = `Date: ${date}\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${KEEP_ALIVE_MS / 1_000}\r\n\r\n`
  }
  return ofSecond
}
