import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectIndexOnly, explain, resolvedBy } from '../../../test/support/plans.ts'
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts'
import type { Order, Page, Statement, Tables } from '../../db/index.ts'
import type { TripFilter } from './filter.ts'
import { tripsPage } from './queries.ts'
import { type TripOrderField, trips } from './table.ts'

let app: TestApp
let tables: Tables
beforeAll(async () => {
  app = await startTestApp()
  await app.sql((client) => client.query('analyze taxi.trips_synced'))
  tables = await resolvedBy(app, trips)
})
afterAll(() => app.close())

const page = (parts: Partial<Page>): Page => ({ size: 20, backwards: false, from: undefined, ...parts })
const build = (order: Order<TripOrderField>, parts: Partial<Page>, filter: TripFilter = {}): Statement =>
  tripsPage(tables, { filter, order, page: page(parts), columns: ['pickupAt', 'fare', 'durationSeconds'] })

const VALUE: Readonly<Record<TripOrderField, string>> = {
  pickupAt: '2016-02-01 12:00:00+00',
  fare: '12.5',
  distance: '2.5',
  duration: '00:10:00',
}
const FIELDS = Object.keys(VALUE) as TripOrderField[]

describe.each(FIELDS)('an unfiltered page by %s', (field) => {
  it.each(['asc', 'desc'] as const)('reads its index and sorts nothing, %s', async (direction) => {
    for (const backwards of [false, true]) {
      for (const from of [undefined, { value: VALUE[field], id: '1000' }, { value: null, id: '1000' }]) {
        await expectIndexOnly(app, build({ field, direction }, { backwards, from }))
      }
    }
  })
})

describe('a filtered page', () => {
  it.each([
    ['pickup zip', 'pickupAt', { pickupZip: '10001' }],
    ['drop-off zip', 'pickupAt', { dropoffZip: '10001' }],
    ['time', 'pickupAt', { pickupAt: { from: '2016-01-10T00:00:00Z', until: '2016-02-20T00:00:00Z' } }],
    ['fare', 'fare', { fare: { min: 10, max: 30 } }],
    ['distance', 'distance', { distance: { min: 1, max: 3 } }],
  ] as const)('by %s reads an index and sorts nothing', async (_name, field, filter) => {
    for (const direction of ['asc', 'desc'] as const)
      await expectIndexOnly(app, build({ field, direction }, {}, filter))
  })
})

it('page 200 costs what page 1 costs', async () => {
  const { rows } = await app.sql((client) =>
    client.query(`select id::text as key, tpep_pickup_datetime::text as value from taxi.trips_synced
                   order by tpep_pickup_datetime desc, id desc offset 19899 limit 1`),
  )
  const order = { field: 'pickupAt', direction: 'desc' } as const
  const cost = (statement: Statement) =>
    app.sql(async (client) => {
      const values = [...statement.values]
      await client.query(statement.text, values)
      return (await explain(client, 'analyze, buffers', statement, values))['Shared Hit Blocks'] ?? 0
    }, 'app')
  const first = await cost(build(order, { size: 100 }))
  const last = await cost(build(order, { size: 100, from: { value: rows[0].value, id: rows[0].key } }))
  expect(first).toBeGreaterThan(0)
  expect(last).toBeLessThanOrEqual(first * 1.5 + 5)
})
