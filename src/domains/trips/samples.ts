import { type Page, rowsByIds, type Statement, type Tables } from '../../db/index.ts'
import { tripsPage } from './queries.ts'
import { GROUPINGS, tripStats } from './stats-queries.ts'
import { trips } from './table.ts'

const COLUMNS = ['pickupAt', 'dropoffAt', 'distance', 'fare', 'pickupZip', 'dropoffZip', 'durationSeconds']
const FILTER = {
  pickupZip: '10001',
  dropoffZip: '10002',
  pickupAt: { from: '2016-01-01T00:00:00Z', until: '2016-02-01T00:00:00Z' },
  fare: { min: 5, max: 50 },
  distance: { min: 1 },
}

/** Every form of statement that trips can send, for `schema/queries`, by what is special about it. */
export function tripSamples(tables: Tables): Readonly<Record<string, Statement>> {
  const page = (parts: Partial<Page>): Page => ({ size: 20, backwards: false, from: undefined, ...parts })
  const newest = { filter: {}, order: { field: 'pickupAt', direction: 'desc' }, columns: COLUMNS } as const
  const oldest = { ...newest, order: { field: 'pickupAt', direction: 'asc' } } as const
  const longest = { ...newest, order: { field: 'duration', direction: 'desc' } } as const
  const value = '2016-01-31 12:00:00+00'
  return {
    'by ids': rowsByIds(tables, trips, ['1', '2'], COLUMNS),
    'first page': tripsPage(tables, { ...newest, page: page({}) }),
    'last page': tripsPage(tables, { ...newest, page: page({ backwards: true }) }),
    'descending, after a row': tripsPage(tables, { ...newest, page: page({ from: { value, id: '1' } }) }),
    'descending, after a row without a value': tripsPage(tables, {
      ...newest,
      page: page({ from: { value: null, id: '1' } }),
    }),
    'ascending, after a row': tripsPage(tables, { ...oldest, page: page({ from: { value, id: '1' } }) }),
    'ascending, after a row without a value': tripsPage(tables, {
      ...oldest,
      page: page({ from: { value: null, id: '1' } }),
    }),
    'by duration': tripsPage(tables, { ...longest, page: page({ from: { value: '00:10:00', id: '1' } }) }),
    'with every filter': tripsPage(tables, { ...newest, filter: FILTER, page: page({}) }),
    'sums of all': tripStats(tables, {}, ['all']),
    'sums in every grouping': tripStats(tables, FILTER, GROUPINGS),
  }
}
