import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { type FaultyProxy, startFaultyProxy } from '../support/faulty-proxy.ts'
import { isHit } from '../support/post.ts'
import { startTestApp, type TestApp, until } from '../support/test-app.ts'

const [ALICE, BOB] = ['alice@example.com', 'bob@example.com']
const REQUESTS = 'holidays.holiday_requests'
/** After a write past us, so long at most until it shows, with what the settings below are, in ms. */
const [LIVE_MS, POLL_MS] = [600, 200]
const BOUND_MS = LIVE_MS + 400

let app: TestApp
let proxy: FaultyProxy
let id: string
beforeAll(async () => {
  proxy = await startFaultyProxy(inject('server').port)
  app = await startTestApp({
    environment: {
      PGPORT: String(proxy.port),
      FEED_LIVE_MS: String(LIVE_MS),
      FEED_POLL_MS: String(POLL_MS),
      REQUEST_TIMEOUT_MS: '3000',
    },
  })
})
afterAll(async () => {
  proxy.heal()
  await app.close()
  await proxy.close()
})
beforeEach(async () => {
  id = await app.sql(async (client) => {
    const { rows } = await client.query(
      `insert into ${REQUESTS} (employee_name, requester, status, manager_note) values ('x', $1, 'Rejected', 'n0') returning request_id::text as id`,
      [BOB],
    )
    return rows[0].id
  })
})

const noted = () => `{ holidayRequest(id: "${id}") { managerNote } }`
const ask = (query = noted(), persona = BOB) => app.query(query, {}, persona)
const noteOf = async (): Promise<unknown> => (await ask()).data?.holidayRequest?.managerNote
const warm = (query = noted(), persona = BOB) => until(async () => isHit(await ask(query, persona)))
const write = (note: string) =>
  app.sql((client) => client.query(`update ${REQUESTS} set manager_note = $1 where request_id = $2`, [note, id]))
const feedPids = `select pid from pg_stat_activity where datname = current_database() and query ~ 'change_log' and pid <> pg_backend_pid()`

/** Nothing older than a write is shown once the bound has passed, asked for again and again. */
async function shownInTime(note: string): Promise<void> {
  const written = performance.now()
  for (;;) {
    const began = performance.now()
    const { data } = await ask()
    if (data?.holidayRequest?.managerNote === note) return
    expect(began - written, `still ${JSON.stringify(data)}`).toBeLessThan(BOUND_MS)
    await sleep(10)
  }
}

describe('the listener', () => {
  it('that is killed, again and again, has nothing stale shown', async () => {
    for (let time = 1; time <= 5; time++) {
      await warm()
      await app.sql((client) => client.query(`select pg_terminate_backend(pid) from (${feedPids}) as feed`))
      await write(`killed ${time}`)
      await shownInTime(`killed ${time}`)
    }
  })

  it('that is deaf while it looks alive is found out', async () => {
    const isFound = () => app.seen.some((each) => each.event === 'feed.lost' && /deaf/.test(each.reason))
    await warm()
    proxy.deafen(true)
    for (let time = 1; time <= 6 || (time <= 30 && !isFound()); time++) {
      await warm()
      await write(`deaf ${time}`)
      // Nobody asks: only a poll that is due can hear of it.
      await sleep(1.5 * POLL_MS)
      await shownInTime(`deaf ${time}`)
      // Until polls come as rarely as they do: only what one of those finds should have been announced.
      if (time >= 6) await sleep(4 * POLL_MS)
    }
    proxy.deafen(false)
    expect(isFound()).toBe(true)
    await warm()
  })

  it('that isn’t woken since somebody holds back all wake-ups isn’t taken for deaf', async () => {
    const lost = () => app.seen.filter((each) => each.event === 'feed.lost').length
    await warm()
    const before = lost()
    // Whoever holds this sends the wake-ups of all others.
    await app.sql(async (client) => {
      await client.query('select pg_advisory_lock(1818978662)')
      for (let time = 1; time <= 5; time++) {
        await warm()
        await write(`held ${time}`)
        await sleep(1.5 * POLL_MS)
        await shownInTime(`held ${time}`)
      }
    })
    expect(lost()).toBe(before)
  })

  it('that is half-open has nothing served from memory', async () => {
    await warm()
    proxy.swallow()
    await write('half-open')
    await sleep(LIVE_MS)
    const { data, status } = await ask()
    expect([status, data?.holidayRequest]).not.toEqual([200, { managerNote: 'n0' }])
    proxy.heal()
    proxy.reset()
    await until(async () => (await noteOf()) === 'half-open')
    await warm()
  })
})

describe('transactions of others', () => {
  it('that stay open for long hold up nobody’s news', async () => {
    await app.sql(async (client) => {
      await client.query(`begin; insert into holidays.employees values ('open', 'open')`)
      for (let time = 1; time <= 3; time++) {
        await warm()
        await write(`beside ${time}`)
        await shownInTime(`beside ${time}`)
      }
      await client.query('commit')
    })
    await app.sql((client) => client.query("delete from holidays.employees where email = 'open'"))
  })

  it('that write, wait and roll back show nothing; that commit after a long time show all', async () => {
    for (const end of ['rollback', 'commit']) {
      await app.sql(async (client) => {
        await client.query('begin')
        await client.query(`update ${REQUESTS} set manager_note = 'waits' where request_id = $1`, [id])
        await warm()
        await sleep(100)
        expect(await noteOf()).toBe('n0')
        await client.query(end)
      })
      if (end === 'commit') await shownInTime('waits')
      else expect(await noteOf()).toBe('n0')
    }
  })
})

it('a clock that is moved, forwards and back, changes nothing', async () => {
  await warm()
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    for (const [index, hours] of [48, -48, 0].entries()) {
      vi.setSystemTime(Date.now() + hours * 3_600_000)
      await write(`clock ${index}`)
      await sleep(BOUND_MS)
      const { data, status } = await ask()
      // The token may seem to have expired.
      if (status === 200) expect(data.holidayRequest.managerNote).toBe(`clock ${index}`)
    }
  } finally {
    vi.useRealTimers()
  }
  await until(async () => (await noteOf()) === 'clock 2')
})

describe('who may see what', () => {
  const rows = '{ holidayRequests(first: 100) { nodes { requestId managerNote } } }'
  const sql = (text: string) => app.sql((client) => client.query(text))

  it('a policy that is altered counts for what is in memory', async () => {
    await warm(rows)
    await sql(`alter policy see_own_and_reports on ${REQUESTS} using (false)`)
    await until(async () => (await ask(rows)).data.holidayRequests.nodes.length === 0, BOUND_MS)
    await sql(`alter policy see_own_and_reports on ${REQUESTS} using (requester = any (array(
      select lakebase_graphql.viewer() union all select email from holidays.employees where manager = (select lakebase_graphql.viewer()))))`)
    await until(async () => (await ask(rows)).data.holidayRequests.nodes.length > 0)
    await warm(rows)
  })

  it('a right that is taken away takes it from memory too, and comes back', async () => {
    await warm(rows)
    await sql(`revoke select on ${REQUESTS} from public`)
    await until(async () => (await ask(rows)).errors !== undefined, BOUND_MS)
    for (let time = 0; time < 20; time++) expect((await ask(rows)).errors).toBeDefined()
    await sql(`grant select on ${REQUESTS} to public`)
    await until(async () => (await ask(rows)).errors === undefined)
    await warm(rows)
  })

  it('where changes are no longer noted, nothing is kept; where a policy reads what isn’t, neither', async () => {
    for (const [off, on] of [
      [
        `alter table ${REQUESTS} disable trigger changes_update`,
        `alter table ${REQUESTS} enable always trigger changes_update`,
      ],
      [
        `create table holidays.hidden (id bigint); grant select on holidays.hidden to public;
         create policy hide on ${REQUESTS} as restrictive for select using (request_id not in (select h.id from holidays.hidden h))`,
        `drop policy hide on ${REQUESTS}; drop table holidays.hidden`,
      ],
      [
        `create policy timely on ${REQUESTS} as restrictive for select using (now() > '2020-01-01')`,
        `drop policy timely on ${REQUESTS}`,
      ],
    ]) {
      await warm()
      await sql(off ?? '')
      await until(async () => /not stored/.test((await ask()).headers.get('cache-status') ?? ''), BOUND_MS)
      for (let time = 0; time < 5; time++) {
        const note = `${off?.slice(0, 12)} ${time}`
        await write(note)
        expect(await noteOf()).toBe(note)
      }
      await sql(on ?? '')
      await warm()
    }
  })

  it('what one viewer has in memory is nobody else’s', async () => {
    // Other tests' roles change, and all is forgotten, at any time.
    await until(async () => {
      const [mine, hers] = [await ask(rows), await ask(rows, ALICE)]
      expect(JSON.stringify(mine.data)).not.toBe(JSON.stringify(hers.data))
      return isHit(mine) && isHit(hers)
    })
  })
})
