import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFrontProxy } from '../local/platform/front-proxy.ts'
import { closeServer, listen } from '../local/platform/listen.ts'
import { APP, TOKEN } from '../local/platform/workspace.ts'
import { FACTS } from '../src/doctor/index.ts'
import type { Check } from '../src/kernel/check.ts'
import { buildDistribution, type Distribution } from './support/distribution.ts'
import { platformEnvironment } from './support/platform-environment.ts'
import { startTestApp, type TestApp } from './support/test-app.ts'

let dist: Distribution
let app: TestApp
beforeAll(async () => {
  dist = buildDistribution()
  app = await startTestApp()
})
afterAll(async () => {
  await app.close()
  dist.remove()
})

type Report = Readonly<Record<string, readonly Check[]>>

/** What the doctor in `dist/` says, in the environment that the platform gives the app, and its exit code. */
async function doctor(parts: string[], more: Record<string, string> = {}) {
  const environment = { ...platformEnvironment(app, 1), DB_MAX_CONNECTIONS: '10', ...more }
  const { ended, output } = dist.runScript(['doctor.js', '--json', ...parts], environment)
  const code = await ended
  const [, json = ''] = /^(\{[\s\S]*\})\s*$/m.exec(output()) ?? []
  if (json === '') throw new Error(`It has written no report: ${output()}`)
  const report: Report = JSON.parse(json)
  return { report, code, text: output() }
}

const find = (report: Report, part: string, what: RegExp): Check | undefined =>
  report[part]?.find((check) => what.test(check.what))

const wrong = (report: Report): string[] =>
  Object.values(report).flatMap((checks) => checks.flatMap(({ what, state }) => (state === 'wrong' ? [what] : [])))

describe('the doctor', () => {
  it('finds nothing wrong where all is well, and changes nothing', async () => {
    const before = await app.sql((client) => client.query('select count(*) from pg_class'))
    const { report, code } = await doctor([])
    expect(report['database']?.filter(({ state }) => state === 'unknown')).toEqual([])
    expect(wrong(report)).toEqual([])
    expect(code).toBe(0)
    expect(Object.keys(report)).toEqual(['settings', 'workspace', 'database', 'bundle', 'unconfirmed'])
    expect(find(report, 'database', /^table trips$/)?.state).toBe('ok')
    expect(find(report, 'database', /^indexes for/)?.state).toBe('ok')
    expect(find(report, 'workspace', /database credential/)?.state).toBe('ok')
    const after = await app.sql((client) => client.query('select count(*) from pg_class'))
    expect(after.rows).toEqual(before.rows)
  })

  it('names every setting that is missing, and looks at what it can', async () => {
    const { ended, output } = dist.runScript(['doctor.js'], {})
    expect(await ended).toBe(1)
    for (const name of ['PGHOST', 'PGDATABASE', 'PGUSER', 'DATABRICKS_HOST', 'LAKEBASE_ENDPOINT']) {
      expect(output()).toMatch(new RegExp(`^WRONG ${name}`, 'm'))
    }
    expect(output()).toContain('The settings have to be in order first.')
  })

  it('says how to mend a client secret that is wrong', async () => {
    const { report, code } = await doctor(['workspace'], { DATABRICKS_CLIENT_SECRET: 'not-that-one' })
    expect(code).toBe(1)
    const check = find(report, 'workspace', /own token/)
    expect(check).toMatchObject({ state: 'wrong', mend: expect.stringContaining('The secret is wrong or has expired') })
    app.faults.set(TOKEN, { status: 503 })
    const down = await doctor(['workspace'])
    app.faults.clear()
    expect(find(down.report, 'workspace', /own token/)?.mend).toContain('Is DATABRICKS_HOST the workspace')
  })

  it.each<[string, RegExp, string, RegExp]>([
    [
      'a table that the app may not read',
      /^table trips$/,
      'revoke all on taxi.trips_synced from "7c1f0d0e-52b6-4c0f-9a3e-3b1a5d8e9f10", databricks_writer_16400',
      /GRANT SELECT ON "?taxi"?\."?trips_synced"? TO "[^"]+";/,
    ],
    [
      'row-level security that doesn’t bind',
      /^table holidayRequests$/,
      'alter table holidays.holiday_requests no force row level security',
      /ALTER TABLE holidays\.holiday_requests ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;/,
    ],
    [
      'a policy that shows everything',
      /^what guards holidayRequests$/,
      'create policy everybody on holidays.holiday_requests using (true)',
      /DROP POLICY "everybody" ON holidays\.holiday_requests;/,
    ],
    [
      'an audit that can be changed',
      /^what guards audit$/,
      'alter table lakebase_graphql.audit disable trigger append_only',
      /ALTER TABLE lakebase_graphql\.audit ENABLE ALWAYS TRIGGER append_only;/,
    ],
    [
      'a policy that lets everybody write',
      /^what guards holidayRequests$/,
      'create policy write on holidays.holiday_requests for update using (true)',
      /DROP POLICY "write" ON holidays\.holiday_requests;/,
    ],
    [
      'a right that makes everybody an operator',
      /^rights on what the app owns$/,
      'grant insert on lakebase_graphql.operators to public',
      /REVOKE INSERT ON lakebase_graphql\.operators FROM PUBLIC;/,
    ],
    [
      'a right that lets viewers write whole rows',
      /^rights on what the app owns$/,
      'grant update on holidays.holiday_requests to public',
      /REVOKE UPDATE ON holidays\.holiday_requests FROM PUBLIC;/,
    ],
    [
      'a right to make schemas that is missing',
      /^CREATE on the database$/,
      `do $$ begin execute format('revoke create on database %I from "7c1f0d0e-52b6-4c0f-9a3e-3b1a5d8e9f10"', current_database()); end $$`,
      /GRANT CREATE ON DATABASE [^;]+;/,
    ],
    ['an index that is missing', /^indexes for/, 'drop index taxi.trips_fare', /create index "trips_fare" on [^;]+;/],
  ])('finds %s, and its SQL mends it', async (_what, what, breaks, sql) => {
    await app.sql((client) => client.query(breaks))
    const before = await doctor(['database'])
    const check = find(before.report, 'database', what)
    expect(['wrong', 'note']).toContain(check?.state)
    const [mend = ''] = sql.exec(check?.mend ?? '') ?? []
    expect(mend).not.toBe('')
    await app.sql((client) => client.query(mend))
    const after = await doctor(['database'])
    expect(find(after.report, 'database', what)?.state ?? 'ok').toBe('ok')
  })

  it('finds a policy that is missing', async () => {
    const policy = 'policy operators_read on lakebase_graphql.audit'
    await app.sql((client) => client.query(`drop ${policy}`))
    const { report } = await doctor(['database'])
    await app.sql((client) =>
      client.query(`create ${policy} for select using ((select lakebase_graphql.is_operator()))`),
    )
    expect(find(report, 'database', /^what guards audit$/)?.found).toBe('The policy operators_read is missing.')
    expect(find((await doctor(['database'])).report, 'database', /^what guards audit$/)?.state).toBe('ok')
  })

  it('finds a connection budget that doesn’t fit', async () => {
    const { report } = await doctor(['database'], { DB_MAX_CONNECTIONS: '150' })
    expect(find(report, 'database', /^connections$/)).toMatchObject({
      state: 'wrong',
      mend: expect.stringMatching(/^Set DB_MAX_CONNECTIONS to at most \d+, or allow more: /),
    })
  })

  it('says why the database can’t be reached', async () => {
    const { report, code } = await doctor(['database'], { PGDATABASE: 'nowhere' })
    expect(code).toBe(1)
    expect(report['database']?.[0]).toMatchObject({ state: 'wrong', found: expect.stringContaining('3D000') })
  })

  it('counts connections that are others’', async () => {
    await app.sql(async () => {
      const { report } = await doctor(['database'])
      const [, others] = /others have (\d+) now/.exec(find(report, 'database', /^connections$/)?.found ?? '') ?? []
      expect(Number(others)).toBeGreaterThan(0)
    }, 'bob@example.com')
  })

  it('looks at the scopes that the app has', async () => {
    const look = async (more = {}) => find((await doctor(['workspace'], more)).report, 'workspace', /user scopes/)
    expect((await look())?.state).toBe('ok')
    app.faults.set(APP, { status: 200, body: '{"effective_user_api_scopes":["sql"]}' })
    const lacking = await look()
    expect([lacking?.state, lacking?.mend]).toEqual(['wrong', expect.stringContaining('user_api_scopes: [postgres]')])
    expect((await look({ VIEWER_ACCESS: 'claims' }))?.state).toBe('note')
    app.faults.set(APP, { status: 403 })
    expect((await look())?.state).toBe('unknown')
    app.faults.delete(APP)
  })

  it('repeats no secret, wherever it was put', async () => {
    const token = 'dapi0123456789abcdef0123456789abcdef'
    const places = {
      PGHOST: 'app:hunter2@db',
      PGPASSWORD: 'hunter2-hunter2',
      PGUSER: token,
      OPERATORS: token,
      PUBLIC_TABLES: token,
      PGSSLROOTCERT: `-----BEGIN PRIVATE KEY-----\n${'k'.repeat(40)}\n-----END PRIVATE KEY-----`,
    }
    for (const [name, value] of Object.entries(places)) {
      const { ended, output } = dist.runScript(['doctor.js'], { ...platformEnvironment(app, 1), [name]: value })
      await ended
      expect(output(), name).toContain('== settings')
      expect(output(), name).not.toMatch(/hunter2|dapi0|kkkkk/)
    }
    for (const [name, value] of [
      ['DOCTOR_USER_TOKEN', `{"access_token":\n"${token}"}`],
      ['DOCTOR_APP_URL', 'https://app:hunter2@example.invalid'],
    ]) {
      const { ended, output } = dist.runScript(['doctor.js'], {
        ...platformEnvironment(app, 1),
        [String(name)]: String(value),
      })
      expect(await ended).toBe(2)
      expect(output()).toContain(`${name} must be`)
      expect(output()).not.toMatch(/hunter2|dapi0/)
    }
  })

  it('looks as a user too, through the platform’s proxy', async () => {
    const appPort = Number(new URL(app.appUrl).port)
    const front = await listen(createFrontProxy({ appPort, tokens: app.tokens, defaultPersona: app.alice }))
    // One that hands on whatever a client claims, beside the token.
    const leaking = await listen((incoming, response) => {
      const headers = { ...incoming.headers, 'x-forwarded-access-token': app.tokens.of(app.alice) }
      const passed = request({ port: appPort, method: incoming.method, path: incoming.url, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
      incoming.pipe(passed)
    })
    const more = {
      DOCTOR_USER_TOKEN: app.tokens.of(app.alice),
      DOCTOR_APP_URL: `http://127.0.0.1:${front.port}`,
    }
    const { report } = await doctor(['workspace', 'database', 'unconfirmed'], more)
    const leaky = await doctor(['unconfirmed'], { ...more, DOCTOR_APP_URL: `http://127.0.0.1:${leaking.port}` })
    const direct = await doctor(['unconfirmed'], { ...more, DOCTOR_APP_URL: app.appUrl })
    await closeServer(front.server)
    await closeServer(leaking.server)
    expect(find(report, 'workspace', /^a user’s token/)?.found).toMatch(/^It is alice@example\.com’s/)
    expect(find(report, 'database', /^log in as alice/)?.state).toBe('ok')
    expect(find(report, 'database', /^this user and holidayRequests$/)?.state).toBe('ok')
    expect(find(report, 'unconfirmed', /^U2/)?.found).toContain('No: it is taken off')
    expect(find(report, 'unconfirmed', /^U3/)?.found).toMatch(/A body of 1 MB: (200|400)/)
    expect(find(report, 'unconfirmed', /^U10/)?.found).toContain('relkind p')
    expect(find(leaky.report, 'unconfirmed', /^U2/)?.found).toContain('Yes, it reached the app')
    expect(find(direct.report, 'unconfirmed', /^U2/)?.state).toBe('unknown') // nobody adds the token there
  })

  it('asks about a setting that the app doesn’t have', async () => {
    const { report } = await doctor(['settings'], { TRIP_TABLE: 'taxi.trips', DB_MAX_CONNECTION: '5' })
    const odd = report['settings']?.filter(({ state }) => state === 'note').map(({ what }) => what)
    expect(odd?.sort()).toEqual(['DB_MAX_CONNECTION', 'TRIP_TABLE'])
  })

  it('refuses a part that it doesn’t have', async () => {
    const { ended, output } = dist.runScript(['doctor.js', 'everything'], {})
    expect(await ended).toBe(2)
    expect(output()).toMatch(/There is no part everything\.\nUse: /)
  })
})

it('docs/unconfirmed.md has every question that the doctor asks, and no other', () => {
  const text = readFileSync(join(import.meta.dirname, '..', 'docs', 'unconfirmed.md'), 'utf8')
  const rows = [...text.matchAll(/^\| (U\d+) \| ([^|]+) \|/gm)].map(([, id, question]) => `${id} ${question}`)
  expect(rows).toEqual(FACTS.map(({ id, question }) => `${id} ${question}`))
})
