import { once } from 'node:events'
import type { IncomingHttpHeaders, Server } from 'node:http'
import { createConnection } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createFrontProxy } from './front-proxy.ts'
import { closeServer, listen } from './listen.ts'
import { createTokens, findPersona, type Persona } from './personas.ts'

const tokens = createTokens()
const alice = findPersona('alice@example.com') as Persona
const bob = findPersona('bob@example.com') as Persona
const servers: Server[] = []
let url: string
let paths: string[] = []
/** Of the app, by the port that they came from. */
const connections = new Set<number | undefined>()
beforeAll(async () => {
  const echo = await listen((request, response) => {
    paths.push(`${request.method} ${request.url}`)
    connections.add(request.socket.remotePort)
    request.resume()
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(request.headers))
  })
  const front = await listen(createFrontProxy({ appPort: echo.port, tokens, defaultPersona: alice }))
  servers.push(front.server, echo.server)
  url = `http://127.0.0.1:${front.port}/x`
})
afterAll(async () => {
  for (const server of servers) await closeServer(server)
})

const received = async (headers: Record<string, string> = {}): Promise<IncomingHttpHeaders> =>
  (await fetch(url, { headers })).json()

it('the app gets the persona’s headers, as the platform sets them', async () => {
  expect(await received({ 'x-persona': 'bob@example.com' })).toMatchObject({
    'x-forwarded-email': 'bob@example.com',
    'x-forwarded-user': 'bob@example.com',
    'x-forwarded-preferred-username': 'Bob',
    'x-forwarded-access-token': tokens.of(bob),
    'x-forwarded-host': new URL(url).host,
    'x-real-ip': '127.0.0.1',
    'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
})

it('the app gets nothing that a client claims, under any name the platform uses', async () => {
  const claims = {
    'x-forwarded-email': 'bob@example.com',
    'X-FORWARDED-Access-Token': 'stolen',
    'x-forwarded-groups': 'admins',
    'x-forwarded-for': '6.6.6.6',
    'x-real-ip': '6.6.6.6',
    'x-request-id': 'mine',
    authorization: 'Bearer stolen',
  }
  const headers = await received(claims)
  expect(headers['x-forwarded-email']).toBe('alice@example.com')
  expect(headers['x-forwarded-access-token']).toBe(tokens.of(alice))
  for (const name of ['x-forwarded-groups', 'x-forwarded-for', 'authorization', 'x-persona'])
    expect(headers[name]).toBeUndefined()
  expect(JSON.stringify(headers)).not.toMatch(/stolen|6\.6\.6\.6|mine/)
})

it('a service principal has a token and no e-mail address', async () => {
  const headers = await received({ 'x-persona': '3d8e6f52-90c4-4f7b-8a6d-2b7c1e5f4a90' })
  expect(headers['x-forwarded-access-token']).toBeDefined()
  expect(headers['x-forwarded-email']).toBeUndefined()
})

it.each(['GET', 'DELETE', 'OPTIONS', 'POST', 'HEAD'])(
  'a %s with a body in chunks is one request, whatever the body looks like',
  async (method) => {
    paths = []
    const hidden = 'GET /hidden HTTP/1.1\r\nHost: x\r\nX-Forwarded-Email: bob@example.com\r\n\r\n'
    const chunk = `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`
    const socket = createConnection(Number(new URL(url).port), '127.0.0.1')
    socket.write(`${method} /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`)
    await once(socket, 'data')
    await received()
    socket.destroy()
    expect(paths).toEqual([`${method} /x`, 'GET /x'])
  },
)

it('each request has a connection to the app of its own', async () => {
  const before = connections.size
  for (let count = 0; count < 5; count++) await received()
  expect(connections.size).toBe(before + 5)
})
