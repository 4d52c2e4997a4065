import type { Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { closeServer, listen } from '../../local/platform/listen.ts'
import { createWorkspace } from '../workspace/index.ts'
import { type Authenticate, createAuthenticate } from './authenticate.ts'
import type { ProofsOptions } from './proofs.ts'

/** A workspace that accepts every token, and says of its owner what a test wants. */
let answer: { status: number; body: string }
let credential: { status: number; body: string }
let calls: string[]
/** How late the workspace answers, in ms. */
let lateMs: number
/** The bodies that credentials were asked with. */
let minted: string[]
let server: Server
let authenticate: Authenticate
let port: number

const ALICE = {
  id: '17',
  userName: 'alice@example.com',
  displayName: 'Alice',
  emails: [{ value: 'alice@elsewhere.example' }, { value: 'a.liddell@example.com', primary: true }],
  groups: [{ value: '5', display: 'managers' }, { value: '6' }],
}

beforeAll(async () => {
  ;({ server, port } = await listen((request, response) => {
    calls.push(String(request.headers.authorization))
    const mint = request.url === '/api/2.0/postgres/credentials'
    if (mint) void text(request).then((body) => minted.push(body))
    const { status, body } = mint ? credential : answer
    setTimeout(() => response.writeHead(status, { 'content-type': 'application/json' }).end(body), lateMs)
  }))
})
beforeEach(() => {
  calls = []
  minted = []
  lateMs = 0
  answer = { status: 200, body: JSON.stringify(ALICE) }
  authenticate = authenticateWith({})
})
afterAll(() => closeServer(server))

const authenticateWith = (options: Partial<ProofsOptions>): Authenticate =>
  createAuthenticate({
    workspace: createWorkspace(`http://127.0.0.1:${port}`),
    endpoint: undefined,
    trustForwardedEmail: false,
    proofMs: 60_000,
    graceMs: 300_000,
    ...options,
  })

const call = (token: string | string[], email?: string | string[]) =>
  authenticate({
    ...(token.length === 0 ? {} : { 'x-forwarded-access-token': [token].flat() }),
    ...(email === undefined ? {} : { 'x-forwarded-email': [email].flat() }),
  })
const jwt = (claims: object) => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`

describe('a viewer', () => {
  it('is frozen, and what the workspace says of the token’s owner', async () => {
    const viewer = await call('token')
    expect(viewer).toEqual({
      id: '17',
      kind: 'user',
      userName: 'alice@example.com',
      displayName: 'Alice',
      email: 'a.liddell@example.com',
      groups: ['managers'],
      password: undefined,
    })
    expect(Object.isFrozen(viewer)).toBe(true)
    expect(calls).toEqual(['Bearer token'])
  })

  it('may have any of its own e-mail addresses in the header, and none of others', async () => {
    for (const own of ['alice@example.com', 'Alice@Example.com', 'A.Liddell@example.com', '']) await call('token', own)
    for (const other of [
      'bob@example.com',
      ' alice@example.com',
      'alice@example.com\u200b',
      ['alice@example.com', 'alice@example.com'],
    ]) {
      await expect(call('token', other)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    }
  })

  it('is a service principal if its name is a client id', async () => {
    answer.body = JSON.stringify({ id: '1', userName: '3d8e6f52-90c4-4f7b-8a6d-2b7c1e5f4a90' })
    expect(await call('token')).toMatchObject({
      kind: 'servicePrincipal',
      displayName: '3d8e6f52-90c4-4f7b-8a6d-2b7c1e5f4a90',
    })
  })

  it('with a name that Postgres would cut is refused', async () => {
    answer.body = JSON.stringify({ ...ALICE, userName: `${'é'.repeat(26)}@example.com` })
    await expect(call('token')).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})

describe('a token', () => {
  it.each([[['a', 'a']], ['a b'], ['a,b'], ['ä'], ['a\n'], ['x'.repeat(8_193)], [' ']])(
    'of the form %j is refused before the workspace is asked',
    async (token) => {
      await expect(call(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
      expect(calls).toEqual([])
    },
  )

  it('is proven once, for many requests at a time and after each other', async () => {
    await Promise.all(Array.from({ length: 50 }, () => call('token')))
    await call('token')
    expect(calls).toHaveLength(1)
    await call('other')
    expect(calls).toHaveLength(2)
  })

  it('counts no longer than its own exp says, however warm it is', async () => {
    const token = jwt({ exp: Date.now() / 1000 + 0.4 })
    await call(token)
    await call(token)
    expect(calls).toHaveLength(1)
    await sleep(450)
    await expect(call(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    for (const exp of [1, 0, -1, '9999999999', null, true, [1]]) {
      await expect(call(jwt({ exp }))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    }
    expect(calls).toHaveLength(1)
  })

  it.each([jwt([]), 'a.b.c', 'a..c', jwt({})])(
    'that is no JWT with an exp, as %s, is the workspace’s to judge',
    async (token) => {
      expect(await call(token)).toMatchObject({ id: '17' })
    },
  )

  it('that the workspace refuses is refused, and asked about again', async () => {
    for (const status of [401, 403, 400]) {
      answer = { status, body: '{}' }
      await expect(call('token')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    }
    answer = { status: 200, body: JSON.stringify(ALICE) }
    expect(await call('token')).toMatchObject({ id: '17' })
  })
})

describe('while the workspace gives no usable answer, a proof', () => {
  beforeEach(() => {
    authenticate = authenticateWith({ proofMs: 50, graceMs: 400 })
  })

  it('holds until its grace ends', async () => {
    await call('token')
    answer = { status: 503, body: '{}' }
    await sleep(80)
    expect(await call('token')).toMatchObject({ id: '17' })
    await sleep(400)
    await expect(call('token')).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 1 })
  })

  it('holds also after somebody has looked whether it is known, which it no longer is', async () => {
    await call('token')
    expect(authenticate.known({ 'x-forwarded-access-token': 'token' })?.userName).toBe('alice@example.com')
    answer = { status: 503, body: '{}' }
    await sleep(80)
    expect(authenticate.known({ 'x-forwarded-access-token': 'token' })).toBeUndefined()
    expect(await call('token')).toMatchObject({ id: '17' })
  })

  it('of another token is none, and a refusal ends it at once', async () => {
    await call('token')
    answer = { status: 503, body: '{}' }
    await expect(call('other')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    answer = { status: 401, body: '{}' }
    await sleep(80)
    await expect(call('token')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    answer = { status: 503, body: '{}' }
    await expect(call('token')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  it('isn’t waited for long, and ends when a late answer refuses it', async () => {
    authenticate = authenticateWith({ proofMs: 50, graceMs: 60_000 })
    await call('token')
    answer = { status: 401, body: '{}' }
    lateMs = 900
    await sleep(80)
    const began = performance.now()
    expect(await call('token')).toMatchObject({ id: '17' })
    expect(performance.now() - began).toBeLessThan(800)
    await sleep(700)
    await expect(call('token')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  it('that there isn’t is looked for again after a second, not by each request', async () => {
    answer = { status: 503, body: '{}' }
    for (let count = 0; count < 20; count++) await expect(call('token')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(calls).toHaveLength(1)
    answer = { status: 200, body: JSON.stringify(ALICE) }
    await sleep(1_050)
    expect(await call('token')).toMatchObject({ id: '17' })
  })
})

describe('where viewers log in, a token', () => {
  const endpoint = 'projects/p/branches/b/endpoints/e'
  beforeEach(() => {
    authenticate = authenticateWith({ endpoint, proofMs: 50 })
    credential = { status: 200, body: JSON.stringify({ token: 'secret', expire_time: '2999-01-01T00:00:00Z' }) }
  })

  it('must be able to mint a credential, which is asked once', async () => {
    await call('token')
    await sleep(80)
    await call('token')
    expect(calls).toHaveLength(3)
    expect(minted).toEqual([JSON.stringify({ endpoint })])
  })

  it.each([
    [403, 'FORBIDDEN'],
    [401, 'UNAUTHENTICATED'],
    [429, 'UNAVAILABLE'],
    [500, 'UNAVAILABLE'],
  ])('for which the workspace answers %i to that is refused: %s', async (status, code) => {
    await call('token-of-the-same-user-with-the-scope')
    credential = { status, body: '{"message":"no"}' }
    await expect(call('token')).rejects.toMatchObject({ code })
  })

  it.each([
    '<html>',
    '{}',
    '{"token":"","expire_time":"2999-01-01T00:00:00Z"}',
    '{"token":"x","expire_time":"soon"}',
    '{"token":"x","expire_time":"2001-01-01T00:00:00Z"}',
  ])('for which the credential is %s proves nobody yet', async (body) => {
    credential = { status: 200, body }
    await expect(call('token')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })
})

describe('a workspace', () => {
  it('whose answer never ends is not listened to for ever', async () => {
    answer.body = JSON.stringify({ ...ALICE, displayName: 'x'.repeat(300_000) })
    await expect(call('token')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  it.each([
    [500, '{}'],
    [429, '{}'],
    [302, ''],
    [200, '<html>'],
    [200, '{}'],
    [200, '{"id":"","userName":""}'],
    [200, 'null'],
  ])('that answers %i %s proves nobody', async (status, body) => {
    answer = { status, body }
    await expect(call('token')).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 1 })
  })
})
