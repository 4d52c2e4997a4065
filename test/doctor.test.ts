import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFrontProxy } from '../local/platform/front-proxy.ts'
import { closeServer, listen } from '../local/platform/listen.ts'
import { TOKEN } from '../local/platform/workspace.ts'
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
async function doctor(
  parts: string[],
  more: Record<string, string> = {},
): Promise<{ report: Report; code: number | null }> {
  const environment = { ...platformEnvironment(app, 1), DB_MAX_CONNECTIONS: '10', ...more }
  const { ended, output } = dist.runScript(['doctor.js', '--json', ...parts], environment)
  const code = await ended
  try {
    return { report: JSON.parse(output()), code }
  } catch {
    throw new Error(`It has written no report: ${output()}`)
  }
}

const find = (report: Report, part: string, what: RegExp): Check | undefined =>
  report[part]?.find((check) => what.test(check.what))

const wrong = (report: Report): string[] =>
  Object.values(report).flatMap((checks) => checks.flatMap(({ what, state }) => (state === 'wrong' ? [what] : [])))

describe('the doctor', () => {
  it('finds nothing wrong where all is well, and changes nothing', async () => {
    const before = await app.sql((client) => client.query('select count(*) from pg_class'))
    const { report, code } = await doctor([])
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
    const { report, code } = await doctor(['workspace'], { DATABRICKS_CLIENT_SECRET: 'expired' })
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
    expect(find(after.report, 'database', what)?.state).toBe('ok')
  })

  it('finds a connection budget that doesn’t fit', async () => {
    const { report } = await doctor(['database'], { DB_MAX_CONNECTIONS: '150' })
    expect(find(report, 'database', /^connections$/)).toMatchObject({
      state: 'wrong',
      mend: expect.stringMatching(/^Set DB_MAX_CONNECTIONS to at most \d+, or give Lakebase more CU\.$/),
    })
  })

  it('says why the database can’t be reached', async () => {
    const { report, code } = await doctor(['database'], { PGDATABASE: 'nowhere' })
    expect(code).toBe(1)
    expect(report['database']?.[0]).toMatchObject({ state: 'wrong', found: expect.stringContaining('3D000') })
  })

  it('looks as a user too, through the platform’s proxy', async () => {
    const front = await listen(
      createFrontProxy({ appPort: Number(new URL(app.appUrl).port), tokens: app.tokens, defaultPersona: app.alice }),
    )
    const more = {
      DOCTOR_USER_TOKEN: app.tokens.of(app.alice),
      DOCTOR_APP_URL: `http://127.0.0.1:${front.port}`,
    }
    const { report } = await doctor(['workspace', 'database', 'unconfirmed'], more)
    // A proxy that hands on what a client claims: straight to the app.
    const leaky = await doctor(['unconfirmed'], { ...more, DOCTOR_APP_URL: app.appUrl })
    await closeServer(front.server)
    expect(find(report, 'workspace', /^a user’s token/)?.found).toMatch(/^It is alice@example\.com’s/)
    expect(find(report, 'database', /^log in as alice/)?.state).toBe('ok')
    expect(find(report, 'database', /alice@example\.com and holidays\.holiday_requests/)?.found).toContain('binds')
    expect(find(report, 'unconfirmed', /^U2/)?.found).toContain('No: it is taken off')
    expect(find(report, 'unconfirmed', /^U3/)?.found).toMatch(/A body of 1 MB: (200|400)/)
    expect(find(report, 'unconfirmed', /^U10/)?.found).toContain('relkind p')
    expect(find(leaky.report, 'unconfirmed', /^U2/)?.state).toBe('unknown') // there is no token of a proxy’s
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
  expect(rows).toEqual(FACTS.map(({ id, question }) => `${id} ${question}`.replaceAll('’', "'")))
})
