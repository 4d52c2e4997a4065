import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportedAudit as exported } from '../../../test/support/exported-audit.ts'
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts'

const [ALICE, BOB] = ['alice@example.com', 'bob@example.com']
const TABLE = 'holidays.holiday_requests'

describe('the audit', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp({ environment: { OPERATORS: ALICE } })
  })
  afterAll(() => app.close())

  it('is exported whole, in parts, each entry once, also while others write and one takes long', async () => {
    await app.sql((client) =>
      client.query(
        `insert into ${TABLE} (employee_name, status, requester) select 'x', 'Pending', '${BOB}' from generate_series(1, 1200)`,
      ),
    )
    const seen = new Map<string, number>()
    const take = async () => {
      for (let after = [...seen.keys()].at(-1); ; after = [...seen.keys()].at(-1)) {
        const { status, lines } = await exported(app, ALICE, after === undefined ? '' : `?after=${after}`)
        expect(status).toBe(200)
        for (const { cursor } of lines) seen.set(cursor, (seen.get(cursor) ?? 0) + 1)
        if (lines.length === 0) return
      }
    }
    await app.sql(async (slow) => {
      await slow.query('begin')
      await slow.query(`insert into ${TABLE} (employee_name, status) values ('slow', 'Pending')`)
      await app.sql((client) =>
        client.query(`insert into ${TABLE} (employee_name, status) values ('quick', 'Pending')`),
      )
      await take()
      await slow.query('commit')
    })
    await take()
    const { rows } = await app.sql((client) =>
      client.query("select transaction || '.' || id as cursor from lakebase_graphql.audit"),
    )
    expect(rows.length).toBeGreaterThan(1_200)
    expect([...seen.keys()].sort()).toEqual(rows.map(({ cursor }) => cursor).sort())
    expect([...seen.values()].every((times) => times === 1)).toBe(true)
  })

  it('is not exported with gaps where entries were loaded from another server', async () => {
    const far = await exported(app, ALICE, '?after=99999999999.1')
    expect(far.status).toBe(400)
    expect(JSON.parse(far.text).errors[0].message).toContain('Begin anew')
    const guards = (how: string) => `alter table lakebase_graphql.audit ${how} trigger append_only`
    await app.sql((client) =>
      client.query(
        `${guards('disable')}; update lakebase_graphql.audit set transaction = '99999999998' where id = 1; ${guards('enable always')}`,
      ),
    )
    const { status, text } = await exported(app, ALICE)
    expect(status).toBe(200)
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'TABLE_UNAVAILABLE' } }] })
    await app.sql((client) =>
      client.query(
        `${guards('disable')}; update lakebase_graphql.audit set transaction = '3' where id = 1; ${guards('enable always')}`,
      ),
    )
    expect((await exported(app, ALICE)).lines[0]).toMatchObject({ cursor: '3.1' })
  })

  it.each([
    '?afterr=1.1',
    '?after=1.1&after=1.2',
    '?after=1.1&first=2',
    '?after=x',
    '?after=1',
    "?after=1.1'",
    '?after=99999999999999999999.1',
  ])('refuses %s', async (query) => {
    const { status, text } = await exported(app, ALICE, query)
    expect(status).toBe(400)
    expect(JSON.parse(text)).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT', argument: expect.stringMatching(/^(after|afterr|first)$/) } }],
    })
  })

  it('is exported by GET only', async () => {
    expect((await fetch(`${app.url}/api/audit`, { method: 'POST' })).status).toBe(405)
  })
})
