import { randomBytes } from 'node:crypto'
import { APP_ROLE } from '../lakehouse/roles.ts'

/** Somebody who can be played on the local platform. */
export interface Persona {
  /** What `X-Persona` says: an e-mail address, or a service principal's client id. */
  readonly userName: string
  readonly displayName: string
  readonly kind: 'user' | 'servicePrincipal'
  readonly about: string
  /** Groups of the workspace, which are roles of Postgres too. */
  readonly groups: readonly string[]
}

export const PERSONAS: readonly Persona[] = [
  {
    userName: 'alice@example.com',
    displayName: 'Alice',
    kind: 'user',
    about: 'manager, operator',
    groups: ['managers'],
  },
  { userName: 'bob@example.com', displayName: 'Bob', kind: 'user', about: 'employee, reports to alice', groups: [] },
  { userName: 'carol@example.com', displayName: 'Carol', kind: 'user', about: 'employee, reports to dave', groups: [] },
  { userName: 'dave@example.com', displayName: 'Dave', kind: 'user', about: 'manager', groups: ['managers'] },
  { userName: 'erin@example.com', displayName: 'Erin', kind: 'user', about: 'support', groups: ['support'] },
  {
    userName: '3d8e6f52-90c4-4f7b-8a6d-2b7c1e5f4a90',
    displayName: 'nightly-report',
    kind: 'servicePrincipal',
    about: 'service principal',
    groups: [],
  },
]

export const DEFAULT_PERSONA = 'alice@example.com'

export function findPersona(userName: string): Persona | undefined {
  return PERSONAS.find((persona) => persona.userName === userName.toLowerCase())
}

/** The workspace's tokens: made up at each start, one for each persona and one for the app. */
export interface Tokens {
  /** What the app says to get its own token. */
  readonly app: { readonly id: string; readonly secret: string }
  of(persona: Persona): string
  /** A new one, as after an hour; those from before hold too, until they are revoked. */
  rotate(persona: Persona): string
  revoke(token: string): void
  /** Everything of this that nobody may learn. */
  all(): string[]
  /** Somebody who has a token, by user name. */
  find(userName: string): Persona | undefined
  ownerOf(token: string): Persona | undefined
  /** The Postgres role of a token's owner. */
  roleOf(token: string): string | undefined
  /** What a service principal says to get a token. */
  secretOf(persona: Persona): string | undefined
  /** A token for a client that knows its secret. */
  grant(id: string, secret: string): string | undefined
}

/** Tokens of `personas`, which tests may have more of. */
export function createTokens(personas: readonly Persona[] = PERSONAS): Tokens {
  const newSecret = (): string => randomBytes(32).toString('base64url')
  const byToken = new Map(personas.map((persona) => [newSecret(), persona]))
  const byPersona = new Map([...byToken].map(([token, persona]) => [persona, token]))
  const app = { id: APP_ROLE, secret: newSecret() }
  const appToken = newSecret()
  const principals = personas.filter(({ kind }) => kind === 'servicePrincipal')
  const secrets = new Map(principals.map((persona) => [persona, newSecret()]))
  return {
    app,
    of(persona) {
      const token = byPersona.get(persona)
      if (token === undefined) throw new Error(`${persona.userName} is no persona of this platform`)
      return token
    },
    rotate(persona) {
      const token = newSecret()
      byToken.set(token, persona)
      byPersona.set(persona, token)
      return token
    },
    revoke: (token) => byToken.delete(token),
    all: () => [...byToken.keys(), appToken, app.secret, ...secrets.values()],
    find: (userName) => personas.find((persona) => persona.userName === userName.toLowerCase()),
    ownerOf: (token) => byToken.get(token),
    roleOf: (token) => (token === appToken ? app.id : byToken.get(token)?.userName),
    secretOf: (persona) => secrets.get(persona),
    grant(id, secret) {
      if (id === app.id) return secret === app.secret ? appToken : undefined
      const persona = principals.find(({ userName }) => userName === id)
      return persona && secret === secrets.get(persona) ? this.rotate(persona) : undefined
    },
  }
}
