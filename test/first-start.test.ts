import { afterEach, describe, expect, inject, it } from 'vitest'
import { accessTo } from './support/database-access.ts'
import { startFaultyProxy } from './support/faulty-proxy.ts'
import { createDatabase, dropDatabase, startTestApp, type TestApp, until, untilReady } from './support/test-app.ts'

const OWN = "nspname in ('lakebase_graphql', 'holidays')"
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (let close = closing.pop(); close; close = closing.pop()) await close()
})

/** An app on a database that has only just been attached to it. */
async function attached(prepare: readonly string[] = [], environment: Record<string, string> = {}) {
  const database = await createDatabase('attached')
  closing.push(() => dropDatabase(database))
  const access = accessTo(inject('server'), database)
  await access.sql(async (client) => {
    for (const statement of prepare) await client.query(statement)
  })
  const app = await startTestApp({ database, unready: true, environment })
  closing.push(app.close)
  return { ...access, app, database }
}

async function why(app: TestApp): Promise<string> {
  const { missing } = await (await fetch(`${app.appUrl}/api/ready`)).json()
  return missing.map((each: { why: string }) => each.why).join()
}

/** The SQL with which the log says that it can be mended. */
function mendOf(app: TestApp): string {
  const lost = app.seen.findLast((each) => each.event === 'database.lost')
  const lines = lost?.event === 'database.lost' ? (lost.mend ?? '').split('\n') : []
  return lines.filter((line) => /^(ALTER|GRANT)/.test(line)).join('\n')
}

const RETURN_MS = 2_000

async function readyWithin(app: TestApp, ms: number): Promise<void> {
  const began = performance.now()
  await untilReady(app.appUrl)
  expect(performance.now() - began).toBeLessThan(ms)
}

describe('the first start', () => {
  it('makes the app’s schemas, which belong to the app’s role', async () => {
    const { app, sql } = await attached()
    await untilReady(app.appUrl)
    const { rows } = await sql((client) =>
      client.query(`select nspname, pg_get_userbyid(nspowner) as owner from pg_namespace where ${OWN} order by 1`),
    )
    const owner = app.tokens.app.id
    expect(rows).toEqual([
      { nspname: 'holidays', owner },
      { nspname: 'lakebase_graphql', owner },
    ])
    const { data } = await app.query('{ holidayRequests { nodes { id } } }')
    expect(data).toEqual({ holidayRequests: { nodes: [] } })
    const { errors } = await app.query('{ trips(first: 1) { nodes { id } } }')
    expect(errors?.[0]?.extensions.code).toBe('TABLE_UNAVAILABLE')
  })

  it('of several instances at once ends well for all', async () => {
    const { app, database, sql } = await attached()
    const others = await Promise.all([1, 2, 3].map(() => startTestApp({ database, unready: true })))
    for (const other of others) closing.push(other.close)
    await Promise.all([app, ...others].map(({ appUrl }) => untilReady(appUrl)))
    const ran = [app, ...others].flatMap(({ seen }) =>
      seen.flatMap((each) => (each.event === 'migration' ? [each.message] : [])),
    )
    const { rowCount } = await sql((client) =>
      client.query(
        'select from lakebase_graphql.migrations union all select from lakebase_graphql.holidays_migrations',
      ),
    )
    expect(ran).toHaveLength(new Set(ran).size)
    expect(ran).toHaveLength(rowCount ?? 0)
  })

  it('where a developer made the schema says so, with the SQL that mends it', async () => {
    const { app, sql } = await attached([
      'create role a_developer',
      'create schema lakebase_graphql authorization a_developer',
      'create table lakebase_graphql.migrations (id serial primary key, name text, run_on timestamp)',
      "create function lakebase_graphql.odd(a int, b text) returns int language sql as 'select 1'",
      'create table lakebase_graphql.parts (a int) partition by range (a)',
      'create table lakebase_graphql.part partition of lakebase_graphql.parts default',
      'create materialized view lakebase_graphql."odd; view" as select 1 as one',
      "create type lakebase_graphql.kind as enum ('a')",
      'create domain lakebase_graphql.whole as int',
      'alter table lakebase_graphql.migrations owner to a_developer',
      ...[
        'function lakebase_graphql.odd(int, text)',
        'table lakebase_graphql.parts',
        'table lakebase_graphql.part',
        'materialized view lakebase_graphql."odd; view"',
        'type lakebase_graphql.kind',
        'domain lakebase_graphql.whole',
      ].map((thing) => `alter ${thing} owner to a_developer`),
    ])
    closing.push(() => sql((client) => client.query('drop owned by a_developer; drop role a_developer')).then(() => {}))
    await until(async () => /the schema lakebase_graphql, .* doesn’t belong to the app’s role/.test(await why(app)))
    const mend = mendOf(app)
    expect(mend.split('\n')).toHaveLength(8)
    await sql((client) => client.query(mend))
    await readyWithin(app, RETURN_MS)
  })

  it('goes on where somebody else owns a thing of its, as long as that works, and says so', async () => {
    const { app: first, database, sql } = await attached()
    await untilReady(first.appUrl)
    const role = 'an_administrator'
    const give = `alter table lakebase_graphql.operators owner to ${role}`
    await sql((client) => client.query(`create role ${role}; ${give}`))
    closing.push(() => sql((client) => client.query(`drop owned by ${role}; drop role ${role}`)).then(() => {}))
    const without = await startTestApp({ database, unready: true })
    closing.push(without.close)
    await until(async () => /doesn’t belong to the app’s role/.test(await why(without)))
    await sql((client) => client.query(`grant all on lakebase_graphql.operators to "${first.tokens.app.id}"`))
    await readyWithin(without, RETURN_MS)
    const second = await startTestApp({ database })
    closing.push(second.close)
    const problem = second.seen.find((each) => each.event === 'table.problem' && each.table === 'lakebase_graphql')
    expect(problem).toMatchObject({ mend: expect.stringContaining('ALTER TABLE lakebase_graphql.operators OWNER TO') })
  })

  it('where the app may make no schema says so, with the SQL that mends it', async () => {
    const { app, database, sql } = await attached([
      `do $$ begin execute format('revoke create on database %I from "7c1f0d0e-52b6-4c0f-9a3e-3b1a5d8e9f10"', current_database()); end $$`,
    ])
    await until(async () => /may not create the schema lakebase_graphql/.test(await why(app)))
    const lost = app.seen.findLast((each) => each.event === 'database.lost')
    const [, mend = ''] = /runs: (GRANT [^;]+;)/.exec(lost?.event === 'database.lost' ? (lost.mend ?? '') : '') ?? []
    expect(mend).toBe(`GRANT CONNECT, CREATE ON DATABASE ${database} TO "${app.tokens.app.id}";`)
    await sql((client) => client.query(mend))
    await readyWithin(app, RETURN_MS)
  })
})

describe('migrations', () => {
  it('wait for another instance’s turn for a time, say so, and go on by themselves', async () => {
    const { app: first, database, sql } = await attached()
    await untilReady(first.appUrl)
    await sql((client) => client.query('delete from lakebase_graphql.holidays_migrations'))
    await sql(async (client) => {
      await client.query('begin')
      await client.query('lock table lakebase_graphql.migration_turn in share row exclusive mode')
      const second = await startTestApp({ database, unready: true, environment: { MIGRATION_TURN_MS: '100' } })
      closing.push(second.close)
      await until(async () => /another instance is migrating/.test(await why(second)))
      expect((await fetch(`${second.appUrl}/api/live`)).status).toBe(200)
      // What has been done already, by the other one, needn't be done again.
      await client.query(`insert into lakebase_graphql.holidays_migrations (name, run_on)
        values ('20261123091000000_holidays', now()), ('20261123121000000_workflow', now())`)
      await client.query('commit')
      await readyWithin(second, RETURN_MS)
    })
  })

  it('don’t wait for an instance that has its turn, but whose way to Postgres is lost', async () => {
    const { app: first, database, sql } = await attached()
    await untilReady(first.appUrl)
    await sql((client) =>
      client.query("delete from lakebase_graphql.holidays_migrations where name ~ 'workflow|changes'"),
    )
    const proxy = await startFaultyProxy(inject('server').port)
    closing.push(proxy.close)
    await sql(async (client) => {
      await client.query('begin; lock table lakebase_graphql.migration_turn')
      const waits = "select from pg_locks where not granted and relation = 'lakebase_graphql.migration_turn'::regclass"
      const short = { MIGRATION_TURN_MS: '1500' }
      const lost = await startTestApp({
        database,
        unready: true,
        environment: { ...short, PGPORT: String(proxy.port) },
      })
      closing.push(lost.close)
      await until(async () => (await sql((other) => other.query(waits))).rowCount === 1)
      proxy.swallow()
      await client.query('rollback')
      const second = await startTestApp({ database, unready: true, environment: short })
      closing.push(second.close)
      // The lost one has its turn now, and gives it back when Postgres has heard nothing of it for that long.
      await readyWithin(second, 1_500 + RETURN_MS)
    })
  })

  it('can be held up by no viewer', async () => {
    const { app: first, database, sql } = await attached()
    await untilReady(first.appUrl)
    await sql((client) =>
      client.query(
        'delete from lakebase_graphql.migrations; drop schema lakebase_graphql cascade; drop schema holidays cascade',
      ),
    )
    await sql(async (client) => {
      await client.query('select pg_advisory_lock(7241865325823964)')
      const second = await startTestApp({ database, unready: true })
      closing.push(second.close)
      await untilReady(second.appUrl)
      for (const mode of ['access share', 'row exclusive', 'share row exclusive']) {
        await client.query('begin')
        const lock = client.query(`lock table lakebase_graphql.migration_turn in ${mode} mode`)
        await expect(lock).rejects.toThrow(/permission denied/)
        await client.query('rollback')
      }
    }, 'bob@example.com')
  })

  it('that a lock on their table holds up let others come to that table, and go on when it is free', async () => {
    const { app: first, database, sql } = await attached()
    await untilReady(first.appUrl)
    // As if it hadn't run: it can be run again.
    await sql((client) =>
      client.query("delete from lakebase_graphql.holidays_migrations where name ~ 'workflow|changes'"),
    )
    await sql(async (client) => {
      await client.query('begin; lock table holidays.holiday_requests in share mode')
      const second = await startTestApp({ database, unready: true, environment: { MIGRATION_TURN_MS: '300' } })
      closing.push(second.close)
      await until(async () => /a session holds a lock/.test(await why(second)))
      expect((await first.query('{ holidayRequests { nodes { id } } }')).errors).toBeUndefined()
      await client.query('rollback')
      await readyWithin(second, RETURN_MS)
    })
  })

  it('that fail switch off their own domain only, and it comes back when they don’t', async () => {
    const { app: first, database, sql } = await attached()
    await untilReady(first.appUrl)
    await first.close()
    closing.splice(closing.indexOf(first.close), 1)
    await sql((client) =>
      client.query("delete from lakebase_graphql.holidays_migrations where name ~ 'workflow|changes'"),
    )
    await sql((client) => client.query('alter table holidays.holiday_requests rename status to state'))
    const second = await startTestApp({ database })
    closing.push(second.close)
    const { errors } = await second.query('{ holidayRequests { nodes { id } } }')
    expect(errors?.[0]?.message).toContain('is not as this version needs it')
    expect((await second.query('{ viewer { name } }')).errors).toBeUndefined()
    await sql((client) => client.query('alter table holidays.holiday_requests rename state to status'))
    await until(async () => (await second.query('{ holidayRequests { nodes { id } } }')).errors === undefined)
  })

  it('that failed are forgotten as soon as they work, though the table is what it was', async () => {
    const { app: first, database, sql } = await attached()
    await untilReady(first.appUrl)
    await sql((client) =>
      client.query("delete from lakebase_graphql.holidays_migrations where name ~ 'workflow|changes'"),
    )
    // Postgres retypes no column of which there is a view.
    await sql((client) =>
      client.query('create view holidays.numbers as select request_id from holidays.holiday_requests'),
    )
    const second = await startTestApp({ database })
    closing.push(second.close)
    expect((await second.query('{ holidayRequests { nodes { id } } }')).errors).toHaveLength(1)
    await sql((client) => client.query('drop view holidays.numbers'))
    await until(async () => (await second.query('{ holidayRequests { nodes { id } } }')).errors === undefined)
  })
})
