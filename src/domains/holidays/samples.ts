import { type Page, rowsByIds, type Statement, type Tables } from '../../db/index.ts'
import { overlapsOf, requestsPage } from './queries.ts'
import { employees, holidayRequests } from './table.ts'
import { insertRequest, updateRequest } from './write-queries.ts'

const COLUMNS = Object.keys(holidayRequests.columns).filter((name) => name !== 'id')
const FILTER = {
  status: ['Pending', 'Approved'],
  employee: 'bob@example.com',
  dates: { from: '2026-07-01', until: '2026-08-01' },
} as const

const DAYS = { id: '4', startDate: '2026-12-21', endDate: '2026-12-31' }
const STEP = { id: '4', version: 1, status: 'Approved' } as const

/** Every form of statement that holiday requests can send, for `schema/queries`, by what is special about it. */
export function holidaySamples(tables: Tables): Readonly<Record<string, Statement>> {
  const page = (parts: Partial<Page>): Page => ({ size: 20, backwards: false, from: undefined, ...parts })
  const latest = { filter: {}, order: { field: 'startDate', direction: 'desc' }, columns: COLUMNS } as const
  const decided = { ...latest, order: { field: 'decidedAt', direction: 'asc' } } as const
  return {
    'requests by ids': rowsByIds(tables, holidayRequests, ['1', '2'], COLUMNS),
    'employees by e-mail addresses': rowsByIds(tables, employees, ['bob@example.com'], ['name', 'manager']),
    'first page': requestsPage(tables, { ...latest, page: page({}) }),
    'last page': requestsPage(tables, { ...latest, page: page({ backwards: true }) }),
    'descending, after a row': requestsPage(tables, {
      ...latest,
      page: page({ from: { value: '2026-07-01', id: '1' } }),
    }),
    'ascending, after a row without a value': requestsPage(tables, {
      ...decided,
      page: page({ from: { value: null, id: '1' } }),
    }),
    'with every filter': requestsPage(tables, { ...latest, filter: FILTER, page: page({}) }),
    'on the days of each of these': overlapsOf(tables, [DAYS], { size: 10, columns: COLUMNS }),
    'asks for days off': insertRequest(tables, DAYS, COLUMNS),
    'decides, with a note': updateRequest(tables, { ...STEP, note: 'Enjoy!' }, COLUMNS),
    'decides or withdraws, without one': updateRequest(tables, { ...STEP, note: undefined }, COLUMNS),
    'of one status': requestsPage(tables, { ...latest, filter: { status: ['Pending'] }, page: page({}) }),
  }
}
