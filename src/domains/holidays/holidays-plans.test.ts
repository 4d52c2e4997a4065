import { afterAll, beforeAll, expect, it } from 'vitest'
import { explain, resolvedBy } from '../../../test/support/plans.ts'
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts'
import type { Statement, Tables } from '../../db/index.ts'
import { requestsPage } from './queries.ts'
import { type HolidayRequestOrderField, holidayRequests } from './table.ts'

const BOB = 'bob@example.com'
const OTHERS = 20_000

let app: TestApp
let tables: Tables
beforeAll(async () => {
  app = await startTestApp()
  await app.sql(async (client) => {
    await client.query(
      `insert into holidays.holiday_requests (employee_name, start_date, end_date, status, requester)
       select 'x', date '2020-01-01' + n % 3000, date '2020-01-02' + n % 3000, 'Pending', 'somebody-' || n % 500 from generate_series(1, ${OTHERS}) n`,
    )
    await client.query('vacuum analyze holidays.holiday_requests')
  })
  tables = await resolvedBy(app, holidayRequests)
})
afterAll(() => app.close())

const blocksOf = (statement: Statement) =>
  app.sql(async (client) => {
    const values = [...statement.values]
    await client.query(statement.text, values)
    return (await explain(client, 'analyze, buffers', statement, values))['Shared Hit Blocks'] ?? 0
  }, BOB)

it.each<HolidayRequestOrderField>(['startDate', 'endDate', 'decidedAt'])(
  'a page by %s reads what the viewer may see, not everybody’s rows',
  async (field) => {
    const page = { size: 20, backwards: false, from: undefined }
    for (const direction of ['asc', 'desc'] as const) {
      const columns = ['employeeName', 'startDate']
      const blocks = await blocksOf(requestsPage(tables, { filter: {}, order: { field, direction }, page, columns }))
      expect(blocks).toBeGreaterThan(0)
      expect(blocks).toBeLessThan(60)
    }
  },
)
