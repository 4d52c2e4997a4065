import { type Page, rowsByIds, type Statement, type Tables } from '../../db/index.ts'
import { requestsPage } from './queries.ts'
import { employees, holidayRequests } from './table.ts'

const COLUMNS = Object.keys(holidayRequests.columns).filter((name) => name !== 'id')
const FILTER = {
  status: ['Pending', 'Approved'],
  employee: 'bob@example.com',
  dates: { from: '2026-07-01', until: '2026-08-01' },
} as const

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
    'of one status': requestsPage(tables, { ...latest, filter: { status: ['Pending'] }, page: page({}) }),
  }
}
