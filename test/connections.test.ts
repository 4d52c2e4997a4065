import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { CREDENTIALS } from '../local/platform/workspace.ts'
import { accessTo } from './support/database-access.ts'
import { startFaultyProxy } from './support/faulty-proxy.ts'
import { manyViewers } from './support/many-viewers.ts'
import type { GraphQLAnswer } from './support/post.ts'
import { createDatabase, startTestApp, type TestApp, type TestAppOptions, until } from './support/test-app.ts'

const BOB = 'bob@example.com'
const OWN = '{ holidayRequests { nodes { employeeName } } }'

const COUNT = `select count(*)::int as count from pg_stat_activity where datname = current_database() and application_name = 'lakebase-graphql'`

let app: TestApp
afterEach(() => app.close())

/** Each read is one of its own: nobody joins another's. */
const start = async (environment: Record<string, string>, options: TestAppOptions = {}) => {
  app = await startTestApp({ environment: { CACHE: 'off', FEED_IDLE_MS: '300', ...environment }, ...options })
}

interface Session {
  readonly pid: number
  readonly role: string
}

/** Connections of the app, by what Postgres itself says. */
const sessions = (): Promise<Session[]> =>
  app.sql(async (client) => {
    const { rows } = await client.query<Session>(
      `select pid, usename as role from pg_stat_activity where datname = current_database() and application_name = 'lakebase-graphql'`,
    )
    return rows
  })
const pidsOf = async (role: string) => (await sessions()).filter((each) => each.role === role).map(({ pid }) => pid)

/** Holds a lock that keeps all reads of holiday requests waiting, while `work` is done. */
const whileLocked = (work: () => Promise<void>) =>
  app.sql(async (client) => {
    await client.query('begin; lock table holidays.holiday_requests in access exclusive mode')
    await work()
    await client.query('rollback')
  })

/** A request of each for each of its own; to whom each name belongs shows in the answer. */
async function giveRequests(names: readonly string[]): Promise<void> {
  await app.sql((client) =>
    client.query(
      `insert into holidays.holiday_requests (employee_name, requester) select name, name from unnest($1::text[]) name`,
      [names],
    ),
  )
}

describe('500 users in a row on 20 connections', () => {
  it('never have more, all get their own answer soon, and leave nothing behind', async () => {
    const people = await manyViewers(500)
    await start({ DB_MAX_CONNECTIONS: '20', DB_IDLE_MS: '1500' }, { personas: people })
    await giveRequests(people.map(({ userName }) => userName))
    let watching = true
    let most = 0
    const watched = app.sql(async (client) => {
      while (watching) {
        const { rows } = await client.query(COUNT)
        most = Math.max(most, rows[0].count)
        await sleep(5)
      }
    })
    const waits: number[] = []
    const left = [...people]
    const user = async (): Promise<void> => {
      for (let person = left.pop(); person; person = left.pop()) {
        const began = performance.now()
        const { data, errors } = await app.query(OWN, {}, person.userName)
        waits.push(performance.now() - began)
        expect([errors, data?.holidayRequests.nodes]).toEqual([undefined, [{ employeeName: person.userName }]])
      }
    }
    await Promise.all(Array.from({ length: 8 }, user))
    watching = false
    await watched
    expect(waits).toHaveLength(500)
    expect(most).toBeGreaterThan(10)
    expect(most).toBeLessThanOrEqual(20)
    expect(Math.max(...waits)).toBeLessThan(2_000)
    await until(async () => (await sessions()).length === 0)
  }, 90_000)
})

describe('one viewer', () => {
  it('has no more connections than a viewer may have, and keeps nobody else waiting', async () => {
    await start({ DB_MAX_CONNECTIONS: '12', DB_MAX_CONNECTIONS_PER_VIEWER: '3' })
    let waiting: Promise<GraphQLAnswer[]> = Promise.resolve([])
    await whileLocked(async () => {
      waiting = Promise.all(Array.from({ length: 30 }, () => app.query(OWN, {}, BOB)))
      await until(async () => (await pidsOf(BOB)).length === 3)
      for (let time = 0; time < 20; time++) {
        const began = performance.now()
        expect(
          (await app.query('{ viewer { roles } trips(first: 1) { nodes { id } } }', {}, 'carol@example.com')).errors,
        ).toBeUndefined()
        expect(performance.now() - began).toBeLessThan(1_000)
      }
      expect(await pidsOf(BOB)).toHaveLength(3)
    })
    expect((await waiting).filter(({ errors }) => errors)).toEqual([])
  })

  it('uses the same connection with a new token', async () => {
    await start({})
    await app.query(OWN, {}, BOB)
    const before = await pidsOf(BOB)
    const bob = app.tokens.find(BOB)
    if (bob) app.tokens.rotate(bob)
    expect((await app.query(OWN, {}, BOB)).errors).toBeUndefined()
    expect(before).toHaveLength(1)
    expect(await pidsOf(BOB)).toEqual(before)
  })

  it('whose token is garbage, foreign or revoked gets nothing, however warm the connection is', async () => {
    await start({ PROOF_MS: '50' })
    const { tokens, appUrl } = app
    const [bob, carol] = [tokens.find(BOB), tokens.find('carol@example.com')]
    if (!bob || !carol) throw new Error('there is no bob or carol')
    const call = async (token: string) => {
      const headers = {
        'content-type': 'application/json',
        'x-forwarded-access-token': token,
        'x-forwarded-email': BOB,
      }
      const answer = await fetch(`${appUrl}/api/graphql`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ query: OWN }),
      })
      return [answer.status, (await answer.text()).includes('Bob')]
    }
    const token = tokens.of(bob)
    expect(await call(token)).toEqual([200, true])
    await sleep(60)
    expect(await call(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)).toEqual([401, false])
    expect(await call(tokens.of(carol))).toEqual([403, false])
    expect(await call(`x.${Buffer.from('{"exp":1}').toString('base64url')}.x`)).toEqual([401, false])
    // Proven once more by now, and then no longer.
    expect(await call(token)).toEqual([200, true])
    tokens.revoke(token)
    await sleep(100)
    expect(await call(token)).toEqual([401, false])
    expect(await pidsOf(BOB)).toHaveLength(1)
  })

  it('goes on with open connections while credentials can’t be minted; a token that has minted none is told so', async () => {
    await start({ PROOF_MS: '50' })
    await app.query(OWN, {}, BOB)
    for (const fault of [{ status: 500 }, { status: 429 }, { status: 200, body: '<html>' }, { status: 503 }]) {
      app.faults.set(CREDENTIALS, fault)
      const bob = app.tokens.find(BOB)
      if (!bob) throw new Error('there is no bob')
      expect((await app.query(OWN, {}, BOB)).errors).toBeUndefined()
      // A token that has never minted anything isn't proven yet, whatever others of the same user have opened.
      const old = app.tokens.of(bob)
      app.tokens.rotate(bob)
      const { status, headers, errors } = await app.query(OWN, {}, BOB)
      expect([status, headers.get('retry-after'), errors?.[0]?.extensions.code]).toEqual([503, '1', 'UNAVAILABLE'])
      app.faults.clear()
      await until(async () => (await app.query(OWN, {}, BOB)).errors === undefined)
      app.tokens.revoke(old)
    }
  })

  it('whose password was replaced gets a new one', async () => {
    const [person] = await manyViewers(1, { name: 'replaced' })
    if (!person) throw new Error('there is nobody')
    const { userName } = person
    await start({}, { personas: [person] })
    await app.query(OWN, {}, userName)
    await app.sql((client) =>
      client.query(
        `alter role "${userName}" password 'another'; select pg_terminate_backend(pid) from pg_stat_activity where usename = '${userName}'`,
      ),
    )
    await app.forgetCredential(userName)
    // One that is refused within seconds of being minted isn't minted again at once, and again and again.
    await until(async () => (await app.query(OWN, {}, userName)).errors === undefined)
  })

  it('without a role is told what an operator must do, and needs no restart once there is one', async () => {
    const [person] = await manyViewers(1, { name: 'roleless', roles: false })
    if (!person) throw new Error('there is nobody')
    await start({ RIGHTS_MS: '50' }, { personas: [person] })
    const refused = await app.query(OWN, {}, person.userName)
    expect(refused.errors).toMatchObject([{ extensions: { code: 'NO_DATABASE_ROLE' } }])
    expect(refused.errors?.[0]?.message).toContain(`databricks_create_role('${person.userName}', 'USER')`)
    await manyViewers(1, { name: 'roleless' })
    await until(async () => (await app.query(OWN, {}, person.userName)).errors === undefined)
  })
})

describe('connections', () => {
  it('get no older than they may, though they are used all the time', async () => {
    await start({ DB_LIFE_MS: '400' })
    const seen = new Set<number>()
    for (const until_ = performance.now() + 1_500; performance.now() < until_; ) {
      expect((await app.query(OWN, {}, BOB)).errors).toBeUndefined()
      for (const pid of await pidsOf(BOB)) seen.add(pid)
    }
    expect(seen.size).toBeGreaterThanOrEqual(3)
  })

  it('that are all in use are waited for, up to a deadline; then it is 503, and true that it works later', async () => {
    const people = await manyViewers(12)
    await start({ DB_MAX_CONNECTIONS: '6', DB_QUEUE_MS: '400' }, { personas: people })
    const answers = await new Promise<{ status: number; ms: number; retryAfter: string | null }[]>(
      (resolve, reject) => {
        whileLocked(async () => {
          const began = performance.now()
          const all = people.map(async ({ userName }) => {
            const { status, headers } = await app.query(OWN, {}, userName)
            return { status, ms: performance.now() - began, retryAfter: headers.get('retry-after') }
          })
          await sleep(1_500)
          Promise.all(all).then(resolve, reject)
        }).catch(reject)
      },
    )
    const refused = answers.filter(({ status }) => status === 503)
    expect(refused.length).toBeGreaterThanOrEqual(6)
    expect(refused.length).toBeLessThan(12)
    for (const { ms, retryAfter } of refused) expect([ms < 1_400, retryAfter]).toEqual([true, '1'])
    for (const { userName } of people) expect((await app.query(OWN, {}, userName)).errors).toBeUndefined()
  })

  it.each(['login', 'claims'])(
    'that break while they are in use count until Postgres has noticed (%s)',
    async (access) => {
      const server = inject('server')
      const proxy = await startFaultyProxy(server.port)
      const people = await manyViewers(12)
      const database = await createDatabase()
      const environment = { VIEWER_ACCESS: access, DB_MAX_CONNECTIONS: '6' }
      await start(environment, { database, personas: people, server: { ...server, port: proxy.port } })
      app = { ...app, sql: accessTo(server, database).sql }
      let most = 0
      const asked: Promise<unknown>[] = []
      await whileLocked(async () => {
        for (let look = 0; look < 100; look++) {
          if (look % 20 === 0) {
            proxy.reset()
            asked.push(...people.map(({ userName }) => app.query(OWN, {}, userName)))
          }
          most = Math.max(most, (await sessions()).length)
          await sleep(20)
        }
      })
      await Promise.all(asked)
      expect(most).toBeGreaterThanOrEqual(4)
      expect(most).toBeLessThanOrEqual(6)
      const { userName } = people[0] ?? { userName: '' }
      await until(async () => (await app.query(OWN, {}, userName)).errors === undefined)
      await proxy.close()
    },
  )

  it('aren’t closed for viewers who have no password to log in with', async () => {
    const lifeMs = 5_000
    const people = await manyViewers(14, { name: 'unminted' })
    await start({ DB_MAX_CONNECTIONS: '6' }, { personas: people, credentialMs: lifeMs })
    for (const { userName } of people) await app.forgetCredential(userName)
    const [warm, ...others] = people.map(({ userName }) => userName)
    for (const { userName } of people)
      expect((await app.query('{ viewer { name } }', {}, userName)).errors).toBeUndefined()
    await sleep(lifeMs)
    const ask = () => app.query(OWN, {}, warm)
    expect((await ask()).errors).toBeUndefined()
    app.faults.set(CREDENTIALS, { delayMs: 60_000 })
    const refused = Promise.all(others.map((userName) => app.query(OWN, {}, userName)))
    for (let time = 0; time < 20; time++) {
      await sleep(50)
      expect((await ask()).errors).toBeUndefined()
    }
    for (const { errors } of await refused) expect(errors?.[0]?.extensions.code).toBe('UNAVAILABLE')
  }, 30_000)

  it('of the app stay when viewers take all the room there is', async () => {
    const people = await manyViewers(30)
    await start({ DB_MAX_CONNECTIONS: '12' }, { personas: people })
    const { userName } = people[0] ?? { userName: '' }
    const trips = () => app.query('{ trips(first: 1) { nodes { id } } }', {}, userName)
    await Promise.all(Array.from({ length: 12 }, trips))
    const own = async () => new Set(await pidsOf(app.tokens.app.id))
    const before = await own()
    for (const person of people) expect((await app.query(OWN, {}, person.userName)).errors).toBeUndefined()
    const kept = [...(await own())].filter((pid) => before.has(pid))
    expect(kept.length).toBeGreaterThanOrEqual(2)
  })
})
