import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Persona, Tokens } from './personas.ts'

/** The part of a workspace's API that the app calls: whom a token belongs to (SCIM `Me`). */
export function createWorkspaceApi(tokens: Tokens): RequestListener {
  return (request, response) => {
    if (request.method !== 'GET' || request.url !== '/api/2.0/preview/scim/v2/Me') {
      return send(response, 404, { error_code: 'ENDPOINT_NOT_FOUND', message: 'No API found' })
    }
    const persona = tokens.ownerOf(bearerOf(request))
    if (!persona) return send(response, 401, { error_code: 'UNAUTHENTICATED', message: 'Invalid access token.' })
    send(response, 200, toScim(persona))
  }
}

function bearerOf(request: IncomingMessage): string {
  return /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
}

function toScim({ userName, displayName, kind }: Persona) {
  return {
    schemas: [`urn:ietf:params:scim:schemas:core:2.0:${kind === 'user' ? 'User' : 'ServicePrincipal'}`],
    id: userName,
    userName,
    displayName,
    active: true,
    ...(kind === 'user' ? { emails: [{ type: 'work', value: userName, primary: true }] } : {}),
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}
