import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Minted } from './credentials.ts'
import type { Persona, Tokens } from './personas.ts'

/** What the workspace is told to do instead of answering a path properly. */
export interface Fault {
  /** Wait so many ms first. */
  readonly delayMs?: number
  /** Answer this status, with this body. Without one it answers as it should, only later. */
  readonly status?: number
  readonly body?: string
}

export interface WorkspaceOptions {
  readonly tokens: Tokens
  /** Mints a password for a role; undefined for a role that isn't there. */
  readonly mint: (role: string) => Promise<Minted | undefined>
  /** Faults by path, which may change at any time. */
  readonly faults?: ReadonlyMap<string, Fault>
}

export const ME = '/api/2.0/preview/scim/v2/Me'
export const CREDENTIALS = '/api/2.0/postgres/credentials'
export const TOKEN = '/oidc/v1/token'
/** The one app, which its own principal may look at. */
export const APP = '/api/2.0/apps/lakebase-graphql-dev'
const APP_INFO = {
  name: 'lakebase-graphql-dev',
  effective_user_api_scopes: ['postgres', 'iam.current-user:read', 'iam.access-control:read'],
  resources: [{ name: 'postgres' }],
}
/** The one endpoint of the one Lakebase project. */
export const ENDPOINT = 'projects/local/branches/production/endpoints/primary'

const MAX_LOGIN_SECONDS = 3_600

interface Reply {
  readonly status: number
  readonly body: object
}

/** The part of a workspace's API that the app calls: whose a token is (SCIM), OAuth for machines, Lakebase credentials. */
export function createWorkspaceApi(options: WorkspaceOptions): RequestListener {
  return (request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      response.writeHead(500, { 'Content-Type': 'application/json' }).end(JSON.stringify({ message: String(error) }))
    })
  }
}

async function answer(options: WorkspaceOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request)
  const fault = options.faults?.get(request.url ?? '')
  if (fault?.delayMs) await sleep(fault.delayMs)
  if (fault?.status !== undefined) {
    response.writeHead(fault.status, { 'Content-Type': 'application/json' }).end(fault.body ?? '{}')
    return
  }
  const reply = await replyTo(options, request, body)
  response.writeHead(reply.status, { 'Content-Type': 'application/json' }).end(JSON.stringify(reply.body))
}

async function replyTo({ tokens, mint }: WorkspaceOptions, request: IncomingMessage, body: string): Promise<Reply> {
  const { authorization = '' } = request.headers
  const bearer = /^Bearer (.+)$/.exec(authorization)?.[1] ?? ''
  switch (`${request.method} ${request.url}`) {
    case `GET ${ME}`: {
      const persona = tokens.ownerOf(bearer)
      return persona ? { status: 200, body: toScim(persona) } : UNAUTHENTICATED
    }
    case `POST ${CREDENTIALS}`: {
      const role = tokens.roleOf(bearer)
      return role === undefined ? UNAUTHENTICATED : credentialFor(mint, role, body)
    }
    case `POST ${TOKEN}`:
      return grant(tokens, authorization, body)
    case `GET ${APP}`:
      return tokens.roleOf(bearer) === undefined ? UNAUTHENTICATED : { status: 200, body: APP_INFO }
    default:
      return { status: 404, body: { error_code: 'ENDPOINT_NOT_FOUND', message: 'No API found' } }
  }
}

const UNAUTHENTICATED: Reply = {
  status: 401,
  body: { error_code: 'UNAUTHENTICATED', message: 'Invalid access token.' },
}

async function credentialFor(mint: WorkspaceOptions['mint'], role: string, body: string): Promise<Reply> {
  const { endpoint }: { endpoint?: unknown } = JSON.parse(body)
  if (endpoint !== ENDPOINT) {
    return { status: 404, body: { error_code: 'NOT_FOUND', message: `There is no endpoint ${String(endpoint)}.` } }
  }
  const minted = await mint(role)
  // The platform mints for everybody; whether there is a role shows at login.
  const { token, expiresAt } = minted ?? {
    token: 'of-no-role',
    expiresAt: new Date(Date.now() + MAX_LOGIN_SECONDS * 1_000),
  }
  return { status: 200, body: { token, expire_time: expiresAt.toISOString() } }
}

/** Client credentials, RFC 6749 section 4.4; the client says who it is by HTTP Basic. */
function grant(tokens: Tokens, authorization: string, body: string): Reply {
  const basic = /^Basic (.+)$/.exec(authorization)?.[1] ?? ''
  const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString().split(':').map(decodeURIComponent)
  const token = tokens.grant(id, secret)
  if (token === undefined) return { status: 401, body: { error: 'invalid_client' } }
  if (new URLSearchParams(body).get('grant_type') !== 'client_credentials') {
    return { status: 400, body: { error: 'unsupported_grant_type' } }
  }
  return { status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: MAX_LOGIN_SECONDS } }
}

function toScim({ userName, displayName, kind, groups }: Persona) {
  return {
    schemas: [`urn:ietf:params:scim:schemas:core:2.0:${kind === 'user' ? 'User' : 'ServicePrincipal'}`],
    id: userName,
    userName,
    displayName,
    active: true,
    groups: groups.map((display) => ({ display, value: display })),
    ...(kind === 'user' ? { emails: [{ type: 'work', value: userName, primary: true }] } : {}),
  }
}
