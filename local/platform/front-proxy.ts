import { randomUUID } from 'node:crypto'
import {
  Agent,
  request as connect,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http'
import { PERSONAS, type Persona, type Tokens } from './personas.ts'

export interface FrontProxyOptions {
  /** Where the app listens on this machine. */
  readonly appPort: number
  readonly tokens: Tokens
  /** Who calls if the request doesn't say. */
  readonly defaultPersona: Persona
}

/** The headers that the platform alone sets, and those that it keeps to itself. */
const STRIPPED = /^(x-forwarded-.*|x-real-ip|x-request-id|x-persona|authorization)$/
const HOP_BY_HOP = /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/

/**
 * A connection for each request, so that nothing of one can reach another; but one that the app doesn't close in the middle of a body that
 * it has refused. (`maxFreeSockets: 0` is no bound for Node: it takes 256 then.)
 */
class OneEach extends Agent {
  override keepSocketAlive(): boolean {
    return false
  }
}

/**
 * Plays the proxy of Databricks Apps: whatever identity a client claims is thrown away, and that of the persona it chose
 * (header `X-Persona`, cookie `persona`, else the default) is put in its place, with that persona's token; or of whoever's token comes as
 * `Authorization: Bearer`.
 */
export function createFrontProxy({ appPort, tokens, defaultPersona }: FrontProxyOptions): RequestListener {
  const agent = new OneEach({ keepAlive: true })
  const offer = offerPersonas(defaultPersona)
  return (request, response) => {
    const bearer = bearerOf(request)
    const persona = bearer === undefined ? choosePersona(request, tokens, defaultPersona) : tokens.ownerOf(bearer)
    if (!persona && bearer !== undefined) return answer(response, 401, 'This token is not known here.\n')
    if (!persona) {
      const names = PERSONAS.map(({ userName }) => userName).join(', ')
      return answer(response, 400, `There is no such persona. Choose one of: ${names}\n`)
    }
    const headers = {
      ...passedOn(request.headers),
      ...injected(request, persona, bearer ?? tokens.of(persona)),
      // Whatever the method: a body without a frame would be read as the next request, with its own headers.
      ...('transfer-encoding' in request.headers ? { 'transfer-encoding': 'chunked' } : {}),
    }
    const { method = 'GET', url = '/' } = request
    const upstream = connect({ host: '127.0.0.1', port: appPort, method, path: url, headers, agent })
    upstream.on('response', (reply) => {
      const choice = request.headers.accept?.includes('text/html') ? ['Set-Cookie', offer] : []
      response.writeHead(reply.statusCode ?? 502, [...reply.rawHeaders, ...choice])
      reply.pipe(response)
      reply.on('error', () => response.destroy())
    })
    upstream.on('error', () => {
      if (response.headersSent) response.destroy()
      else answer(response, 502, 'The app does not answer. It may be starting, or restarting.\n')
    })
    response.on('close', () => upstream.destroy())
    // An app that has answered early takes no more; the client must still get rid of the rest to go on.
    upstream.on('close', () => request.unpipe(upstream).resume())
    request.pipe(upstream)
  }
}

/** The token of who calls without a browser: the platform takes it under `/api/`. */
function bearerOf({ headers: { authorization }, url = '' }: IncomingMessage): string | undefined {
  return url.startsWith('/api/') ? /^Bearer (.+)$/i.exec(authorization ?? '')?.[1] : undefined
}

function choosePersona(request: IncomingMessage, { find }: Tokens, defaultPersona: Persona): Persona | undefined {
  const chosen = request.headersDistinct['x-persona']
  if (chosen) return chosen.length === 1 ? find(chosen[0] ?? '') : undefined
  const cookie = /(?:^|;\s*)persona=([^;]*)/.exec(request.headers.cookie ?? '')?.[1]
  return cookie === undefined ? defaultPersona : find(decode(cookie))
}

/** Tells a page who can be played; it chooses by the cookie `persona`. */
function offerPersonas({ userName: byDefault }: Persona): string {
  const personas = PERSONAS.map(({ userName, about }) => ({ userName, about }))
  return `personas=${encodeURIComponent(JSON.stringify({ byDefault, personas }))}; Path=/; SameSite=Strict`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return '' // no persona has that name
  }
}

function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !STRIPPED.test(name) && !HOP_BY_HOP.test(name)))
}

function injected(request: IncomingMessage, persona: Persona, token: string): Record<string, string> {
  const person = { 'x-forwarded-email': persona.userName, 'x-forwarded-preferred-username': persona.displayName }
  return {
    'x-forwarded-host': request.headers.host ?? 'localhost',
    'x-forwarded-user': persona.userName,
    ...(persona.kind === 'user' ? person : {}),
    'x-forwarded-access-token': token,
    'x-real-ip': request.socket.remoteAddress ?? '127.0.0.1',
    'x-request-id': randomUUID(),
  }
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(text)
}
