import { randomBytes } from 'node:crypto'

/** Somebody who can be played on the local platform. */
export interface Persona {
  /** What `X-Persona` says: an e-mail address, or a service principal's client id. */
  readonly userName: string
  readonly displayName: string
  readonly kind: 'user' | 'servicePrincipal'
  readonly about: string
}

export const PERSONAS: readonly Persona[] = [
  { userName: 'alice@example.com', displayName: 'Alice', kind: 'user', about: 'manager' },
  { userName: 'bob@example.com', displayName: 'Bob', kind: 'user', about: 'employee, reports to alice' },
  { userName: 'carol@example.com', displayName: 'Carol', kind: 'user', about: 'employee, reports to dave' },
  { userName: 'dave@example.com', displayName: 'Dave', kind: 'user', about: 'manager' },
  { userName: 'erin@example.com', displayName: 'Erin', kind: 'user', about: 'support' },
  {
    userName: '3d8e6f52-90c4-4f7b-8a6d-2b7c1e5f4a90',
    displayName: 'nightly-report',
    kind: 'servicePrincipal',
    about: 'service principal',
  },
]

export const DEFAULT_PERSONA = 'alice@example.com'

export function findPersona(userName: string): Persona | undefined {
  return PERSONAS.find((persona) => persona.userName === userName.toLowerCase())
}

/** The workspace's tokens: made up at each start, one for each persona. */
export interface Tokens {
  of(persona: Persona): string
  ownerOf(token: string): Persona | undefined
}

export function createTokens(): Tokens {
  const byToken = new Map(PERSONAS.map((persona) => [randomBytes(32).toString('base64url'), persona]))
  const byPersona = new Map([...byToken].map(([token, persona]) => [persona, token]))
  return {
    of(persona) {
      const token = byPersona.get(persona)
      if (token === undefined) throw new Error(`${persona.userName} is no persona of this platform`)
      return token
    },
    ownerOf: (token) => byToken.get(token),
  }
}
