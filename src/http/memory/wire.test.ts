import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyOf, KEEP_ALIVE_MS, linesOf, send } from './wire.ts'

const SMALL = '{"name":"Zoë – 東京"}'
const LARGE = JSON.stringify({ rows: '東'.repeat(100_000) })
let server: Server
let port: number
const closed: string[] = []

beforeAll(async () => {
  server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const { url = '' } = request
    response.on('close', () => closed.push(url))
    request.resume()
    if (url === '/slow') return void setTimeout(() => response.end('slow'), 100)
    if (url === '/304') return send(response, 304, linesOf(['ETag', '"one"']), '')
    const bytes = Buffer.from(url === '/large' ? LARGE : SMALL)
    send(response, 200, linesOf(['Content-Length', String(bytes.length), 'X-Own', 'a: b']), bodyOf(bytes))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => server.close())

/** All that comes for these requests in one piece, until nothing more does. */
async function raw(...requests: string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.write(requests.join(''))
  await Promise.race([sleep(400), new Promise((resolve) => socket.once('close', resolve))])
  const ended = socket.readableEnded
  socket.destroy()
  return `${Buffer.concat(chunks).toString()}${ended ? '\nEND' : ''}`
}

const get = (path: string, version = '1.1', ...more: string[]): string =>
  `${[`GET ${path} HTTP/${version}`, 'Host: here', ...more].join('\r\n')}\r\n\r\n`

async function ask(path: string): Promise<{ head: IncomingMessage; body: string }> {
  const head = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ port, path, host: '127.0.0.1' }, resolve).on('error', reject).end()
  })
  return { head, body: await text(head) }
}

describe('an answer that is written to its connection', () => {
  it('is whole, be it short or long, in any language', async () => {
    for (const [path, body] of [['/small', SMALL] as const, ['/large', LARGE] as const]) {
      const answer = await ask(path)
      expect(answer.body).toBe(body)
      expect(answer.head.headers['x-own']).toBe('a: b')
    }
  })

  it('says what Node says of the connection and the time', async () => {
    const direct = await raw(get('/small'))
    const [, behind = ''] = (await raw(get('/slow'), get('/small'))).split('slow')
    const namesOf = (answer: string): string[] => [...answer.matchAll(/[A-Za-z-]+: [^\r\n]*/g)].map(([line]) => line)
    const timeless = (answer: string): string[] => namesOf(answer).map((line) => line.replace(/^Date: .*GMT/, 'Date'))
    expect(timeless(direct)).toEqual(timeless(behind))
    expect(timeless(direct)).toContain('Keep-Alive: timeout=3660')
  })

  it('keeps its place among pipelined ones, and its connection after it', async () => {
    const all = await raw(get('/slow'), get('/small'), get('/304'), get('/slow'), get('/304'), get('/small'))
    const order = [...all.matchAll(/HTTP\/1\.1 304|slow|\{"name[^}]*\}/g)].map(([found]) => found.slice(-3))
    expect(order).toEqual(['low', '京"}', '304', 'low', '304', '京"}'])
    expect(all).not.toMatch(/END$/)
  })

  it('ends a connection that is to be closed, as Node does', async () => {
    const asked = await raw(get('/small', '1.1', 'Connection: close'))
    expect(asked).toMatch(/Connection: close[\s\S]*京"\}\nEND$/)
    expect(await raw(get('/small', '1.0'))).toMatch(/京"\}\nEND$/)
    expect(await raw(get('/small', '1.0', 'Connection: keep-alive'))).toMatch(/Connection: keep-alive[\s\S]*京"\}$/)
  })

  it('leaves nothing open: each response is closed once, and the server stops at once', async () => {
    closed.length = 0
    await raw(get('/small'), get('/slow'), get('/large'), get('/304'))
    expect(closed.toSorted()).toEqual(['/304', '/large', '/slow', '/small'])
    const agentless = createServer((_, response) => send(response, 200, linesOf(['Content-Length', '2']), 'ok'))
    await new Promise<void>((resolve) => agentless.listen(0, '127.0.0.1', resolve))
    const socket = connect((agentless.address() as AddressInfo).port, '127.0.0.1')
    socket.write(get('/'))
    await new Promise((resolve) => socket.once('data', resolve))
    await new Promise((resolve) => agentless.close(resolve))
    socket.destroy()
  })
})
