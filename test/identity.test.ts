import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PERSONAS } from '../local/platform/personas.ts'
import { startTestApp, type TestApp } from './support/test-app.ts'

let app: TestApp
let token: string
beforeAll(async () => {
  app = await startTestApp()
  token = app.tokens.of(app.alice)
})
afterAll(() => app.close())

const body = JSON.stringify({ query: '{ trips(first: 1) { nodes { id } } }' })

/** Straight to the app, as only the platform's proxy can. */
async function call(headers: [string, string][] | Record<string, string>) {
  const all = new Headers(headers as Record<string, string>)
  all.set('content-type', 'application/json')
  const answer = await fetch(`${app.appUrl}/api/graphql`, { method: 'POST', headers: all, body })
  const text = await answer.text()
  // Nothing of a token comes back, whatever is wrong with it.
  const given = all.get('x-forwarded-access-token')
  if (given) expect(text).not.toContain(given)
  return [answer.status, JSON.parse(text).errors?.[0]?.extensions.code]
}

describe('identity', () => {
  it('is whom the token belongs to', async () => {
    expect(await call({ 'x-forwarded-access-token': token })).toEqual([200, undefined])
    expect(await call({ 'x-forwarded-access-token': token, 'x-forwarded-email': 'ALICE@example.com' })).toEqual([
      200,
      undefined,
    ])
  })

  it('without a token is none, whatever the other headers say', async () => {
    app.statements()
    expect(await call({})).toEqual([401, 'UNAUTHENTICATED'])
    expect(await call({ 'x-forwarded-email': 'alice@example.com', 'x-forwarded-user': 'alice@example.com' })).toEqual([
      401,
      'UNAUTHENTICATED',
    ])
    expect(await call({ authorization: `Bearer ${token}` })).toEqual([401, 'UNAUTHENTICATED'])
    expect(app.statements()).toEqual([])
  })

  it('by garbage, two tokens, or a token of enormous size is none', async () => {
    for (const garbage of ['garbage', `${token}x`, `${token}, ${token}`, 'a b', 'x'.repeat(9_000), `${token}=`]) {
      expect(await call({ 'x-forwarded-access-token': garbage })).toEqual([401, 'UNAUTHENTICATED'])
    }
    // Also while the right one is warm.
    expect(await call({ 'x-forwarded-access-token': token })).toEqual([200, undefined])
    expect(await call({ 'x-forwarded-access-token': token.toLowerCase() })).toEqual([401, 'UNAUTHENTICATED'])
  })

  it('with somebody else’s e-mail address is refused', async () => {
    for (const email of [
      'bob@example.com',
      'alice@example.com.evil.example',
      'аlice@example.com'.normalize(),
      'alice@example.com, bob@example.com',
    ]) {
      const encoded = Buffer.from(email).toString('latin1')
      expect(await call({ 'x-forwarded-access-token': token, 'x-forwarded-email': encoded })).toEqual([
        403,
        'FORBIDDEN',
      ])
    }
  })

  it('by a JWT that has expired is none, though the workspace may still know it', async () => {
    const claims = Buffer.from(JSON.stringify({ exp: Math.floor(Date.now() / 1000) - 1 })).toString('base64url')
    expect(await call({ 'x-forwarded-access-token': `a.${claims}.c` })).toEqual([401, 'UNAUTHENTICATED'])
  })

  it('is asked of the workspace once for many requests that come together', async () => {
    const before = app.workspaceCalls()
    const bob = app.tokens.of(PERSONAS.find(({ userName }) => userName === 'bob@example.com') ?? app.alice)
    await Promise.all(Array.from({ length: 20 }, () => call({ 'x-forwarded-access-token': bob })))
    // Whose the token is, and whether it opens a database.
    expect(app.workspaceCalls() - before).toBe(2)
  })

  it('of a service principal needs no e-mail address', async () => {
    const principal = PERSONAS.find(({ kind }) => kind === 'servicePrincipal')
    const { status, errors } = await app.query('{ trips(first: 1) { nodes { id } } }', {}, principal?.userName)
    expect([status, errors]).toEqual([200, undefined])
  })
})

describe('the local platform', () => {
  it('throws away what a client claims about itself', async () => {
    const claims = {
      'x-forwarded-email': 'bob@example.com',
      'x-forwarded-access-token': 'garbage',
      'content-type': 'application/json',
    }
    const answer = await fetch(`${app.url}/api/graphql`, { method: 'POST', headers: claims, body })
    expect(answer.status).toBe(200)
  })

  it('takes whoever’s token comes as a Bearer, whatever persona is named beside it, and no other', async () => {
    const ask = (authorization: string): Promise<Response> =>
      fetch(`${app.url}/api/graphql`, {
        method: 'POST',
        headers: { authorization, 'x-persona': 'bob@example.com', 'content-type': 'application/json' },
        body: '{"query":"{ viewer { email } }"}',
      })
    const known = await ask(`Bearer ${app.tokens.of(app.alice)}`)
    expect((await known.json()).data).toEqual({ viewer: { email: 'alice@example.com' } })
    expect((await ask('Bearer x')).status).toBe(401)
  })

  it('takes the persona from header and cookie, and no other than it has', async () => {
    const choose = async (headers: Record<string, string>) =>
      (
        await fetch(`${app.url}/api/graphql`, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body,
        })
      ).status
    expect(await choose({ 'x-persona': 'bob@example.com' })).toBe(200)
    expect(await choose({ cookie: 'a=b; persona=carol%40example.com' })).toBe(200)
    expect(await choose({ 'x-persona': 'mallory@example.com' })).toBe(400)
    expect(await choose({ cookie: 'persona=mallory' })).toBe(400)
  })
})

describe('the workspace', () => {
  it('that can’t be reached, or errs, makes 503 and no identity', async () => {
    const lost = await startTestApp({
      environment: { DATABRICKS_HOST: 'http://127.0.0.1:9', PGPASSWORD: app.appPassword },
    })
    try {
      const { status, headers, errors } = await lost.query('{ trips(first: 1) { nodes { id } } }')
      expect([status, headers.get('retry-after'), errors?.[0]?.extensions.code]).toEqual([503, '1', 'UNAVAILABLE'])
      expect(errors?.[0]?.message).not.toContain('127.0.0.1')
    } finally {
      await lost.close()
    }
  })
})

describe('tokens', () => {
  it('are in nothing that was observed', () => {
    expect(JSON.stringify(app.seen)).not.toContain(token)
  })
})

describe('viewer', () => {
  const VIEWER = '{ viewer { id kind name email roles } }'

  it('is whoever asks, with the roles of Postgres', async () => {
    const { data, errors } = await app.query(VIEWER)
    expect(errors).toBeUndefined()
    expect(data.viewer).toEqual({
      id: 'alice@example.com',
      kind: 'USER',
      name: 'Alice',
      email: 'alice@example.com',
      roles: ['lakebase_graphql_viewers', 'managers'],
    })
    const principal = PERSONAS.find(({ kind }) => kind === 'servicePrincipal')
    const other = await app.query(VIEWER, {}, principal?.userName)
    expect(other.data.viewer).toMatchObject({ kind: 'SERVICE_PRINCIPAL', name: 'nightly-report', email: null })
    expect(other.data.viewer.roles).toEqual(['lakebase_graphql_viewers'])
  })

  it('has the workspace’s groups for roles where viewers don’t log in', async () => {
    const claims = await startTestApp({ environment: { VIEWER_ACCESS: 'claims' } })
    try {
      claims.statements()
      expect((await claims.query(VIEWER, {}, 'erin@example.com')).data.viewer.roles).toEqual(['support'])
      expect(claims.statements()).toEqual([])
    } finally {
      await claims.close()
    }
  })
})

describe('TRUST_FORWARDED_EMAIL', () => {
  let trusting: TestApp
  beforeAll(async () => {
    trusting = await startTestApp({ environment: { VIEWER_ACCESS: 'claims', TRUST_FORWARDED_EMAIL: 'true' } })
  })
  afterAll(() => trusting.close())

  const query = '{ viewer { email roles } holidayRequests { nodes { employeeName } } }'
  const ask = async (headers: [string, string][]) => {
    const answer = await fetch(`${trusting.appUrl}/api/graphql`, {
      method: 'POST',
      headers: [...headers, ['content-type', 'application/json']],
      body: JSON.stringify({ query }),
    })
    const { data, errors } = await answer.json()
    return [answer.status, errors?.[0]?.extensions.code, data?.holidayRequests?.nodes.length]
  }

  it('takes the e-mail header for who asks, where there is no token', async () => {
    expect(await ask([['x-forwarded-email', 'bob@example.com']])).toEqual([200, undefined, 2])
    expect(await ask([['x-forwarded-email', 'nobody@example.com']])).toEqual([200, undefined, 0])
    const utf8 = Buffer.from('voilà@example.com').toString('latin1')
    expect(await ask([['x-forwarded-email', utf8]])).toEqual([200, undefined, 0])
  })

  it('takes none that isn’t one e-mail address of a role’s length', async () => {
    for (const email of [
      '',
      'bob',
      'bob@example.com, carol@example.com',
      'a b@example.com',
      '@',
      'b\u00ffb@example.com',
      Buffer.from('b\u2003b@example.com').toString('latin1'),
    ]) {
      expect(await ask([['x-forwarded-email', email]]), email).toEqual([401, 'UNAUTHENTICATED', undefined])
    }
    expect(await ask([])).toEqual([401, 'UNAUTHENTICATED', undefined])
    expect(await ask([['x-forwarded-user', 'bob@example.com']])).toEqual([401, 'UNAUTHENTICATED', undefined])
    expect(await ask([['x-forwarded-email', `${'b'.repeat(60)}@example.com`]])).toEqual([403, 'FORBIDDEN', undefined])
  })

  it('still proves a token that there is', async () => {
    const carol = trusting.tokens.find('carol@example.com')
    const carols = carol ? trusting.tokens.of(carol) : ''
    expect(await ask([['x-forwarded-access-token', carols]])).toEqual([200, undefined, 1])
    expect(
      await ask([
        ['x-forwarded-access-token', carols],
        ['x-forwarded-email', 'bob@example.com'],
      ]),
    ).toEqual([403, 'FORBIDDEN', undefined])
    expect(
      await ask([
        ['x-forwarded-access-token', 'garbage'],
        ['x-forwarded-email', 'bob@example.com'],
      ]),
    ).toEqual([401, 'UNAUTHENTICATED', undefined])
    expect(
      await ask([
        ['x-forwarded-access-token', ''],
        ['x-forwarded-email', 'bob@example.com'],
      ]),
    ).toEqual([401, 'UNAUTHENTICATED', undefined])
  })

  it('does nothing where it isn’t set', async () => {
    expect(await call({ 'x-forwarded-email': 'bob@example.com' })).toEqual([401, 'UNAUTHENTICATED'])
  })
})
