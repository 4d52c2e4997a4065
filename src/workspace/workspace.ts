import { z } from 'zod'
import { createCallWorkspace } from './call.ts'

/** What the workspace says of a token's owner. */
export interface Principal {
  readonly id: string
  readonly userName: string
  readonly displayName: string
  /** The primary one first. */
  readonly emails: readonly string[]
  /** Names of the groups that it is in. */
  readonly groups: readonly string[]
}

/** Something that opens a door until it expires. */
export interface Secret {
  readonly value: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** What we ask of the Databricks workspace. Everything may throw a WorkspaceError. */
export interface Workspace {
  /** Whom a token belongs to: `GET /api/2.0/preview/scim/v2/Me`. */
  ownerOf(token: string): Promise<Principal>
  /** A password for the Postgres role of the token's owner: `POST /api/2.0/postgres/credentials`. */
  mintCredential(token: string, endpoint: string): Promise<Secret>
  /** A token of a service principal for itself (OAuth M2M): `POST /oidc/v1/token`, RFC 6749 section 4.4. */
  tokenOf(client: ServicePrincipal): Promise<Secret>
}

export interface ServicePrincipal {
  readonly id: string
  readonly secret: string
}

const Me = z.object({
  id: z.string().min(1),
  userName: z.string().min(1),
  displayName: z.string().optional(),
  emails: z.array(z.object({ value: z.string(), primary: z.boolean().optional() })).optional(),
  groups: z.array(z.object({ display: z.string().optional() })).optional(),
})
const Credential = z.object({ token: z.string().min(1), expire_time: z.iso.datetime({ offset: true }) })
/** RFC 6750, section 2.1: what can stand in a header. */
const BEARER = /^[A-Za-z0-9\-._~+/]+=*$/
const Token = z.object({ access_token: z.string().regex(BEARER), expires_in: z.number().positive() })

/** A client of the workspace at `host`, an origin such as `https://example.cloud.databricks.com`. */
export function createWorkspace(host: string): Workspace {
  const call = createCallWorkspace(host)
  return {
    async ownerOf(token) {
      const path = '/api/2.0/preview/scim/v2/Me'
      const what = 'a token’s owner'
      return toPrincipal(await call({ method: 'GET', path, authorization: bearer(token), what, answer: Me }))
    },
    async mintCredential(token, endpoint) {
      const path = '/api/2.0/postgres/credentials'
      const minted = await call({
        method: 'POST',
        path,
        authorization: bearer(token),
        body: { endpoint },
        what: 'a database credential',
        answer: Credential,
      })
      return { value: minted.token, expiresAt: Date.parse(minted.expire_time) }
    },
    async tokenOf({ id, secret }) {
      const authorization = `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`
      const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'all-apis' })
      const asked = Date.now()
      const what = 'the app’s own token (DATABRICKS_CLIENT_ID, DATABRICKS_CLIENT_SECRET)'
      const token = await call({ method: 'POST', path: '/oidc/v1/token', authorization, body, what, answer: Token })
      return { value: token.access_token, expiresAt: asked + token.expires_in * 1_000 }
    },
  }
}

const bearer = (token: string): string => `Bearer ${token}`

function toPrincipal({
  id,
  userName,
  displayName = userName,
  emails = [],
  groups = [],
}: z.infer<typeof Me>): Principal {
  const primaryFirst = emails.toSorted((a, b) => Number(b.primary ?? false) - Number(a.primary ?? false))
  return {
    id,
    userName,
    displayName,
    emails: primaryFirst.map(({ value }) => value),
    groups: groups.flatMap(({ display }) => display ?? []),
  }
}
