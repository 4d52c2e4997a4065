import type { TableDefinition } from '../../db/index.ts'
import { AppError } from '../../kernel/errors.ts'

/** Holiday requests: the guide's table, grown by what policies need. */
export const holidayRequests = {
  key: 'holidayRequests',
  origin: 'owned',
  audience: 'viewer',
  writable: true,
  listedBy: ['requester', 'status'],
  schema: 'holidays',
  table: 'holiday_requests',
  idColumn: 'id',
  columns: {
    id: { column: 'request_id', family: 'integer', description: 'The request’s number.' },
    employeeName: { column: 'employee_name', family: 'text', description: 'Who asks, by name.' },
    startDate: { column: 'start_date', family: 'date', description: 'The first day off.' },
    endDate: { column: 'end_date', family: 'date', description: 'The last day off.' },
    status: { column: 'status', family: 'text', description: 'Where the request stands.' },
    managerNote: { column: 'manager_note', family: 'text', description: 'What the manager wrote when deciding.' },
    requester: { column: 'requester', family: 'text', description: 'Who asks, by role.' },
    manager: { column: 'manager', family: 'text', description: 'Who is to decide, by role.' },
    version: {
      column: 'version',
      family: 'integer',
      type: 'integer',
      description: 'Counts the changes of the request, from 1 on.',
    },
    decidedBy: { column: 'decided_by', family: 'text', description: 'E-mail address of who decided; null until then.' },
    decidedAt: { column: 'decided_at', family: 'timestamp', description: 'When it was decided; null until then.' },
  },
  computed: {},
  // By who may see a request, and no other: an index by date would have Postgres go through everybody's rows in order.
  indexes: [
    {
      name: 'holiday_requests_requester',
      on: (table) => [table.column('requester').sql, table.column('startDate').sql, table.column('id').sql],
    },
  ],
} as const satisfies TableDefinition

/** Who reports to whom. */
export const employees = {
  key: 'employees',
  origin: 'owned',
  audience: 'viewer',
  schema: 'holidays',
  table: 'employees',
  idColumn: 'email',
  columns: {
    email: {
      column: 'email',
      family: 'text',
      description: 'The employee’s e-mail address, which is the name of the Postgres role too.',
    },
    name: { column: 'name', family: 'text', description: 'The employee’s name.' },
    manager: { column: 'manager', family: 'text', description: 'E-mail address of the manager.' },
  },
  computed: {},
  indexes: [],
  policiesCall: { 'holidays.manager_of_viewer()': ['"holidays"."employees"'] },
} as const satisfies TableDefinition

/** What holiday requests can be ordered by. */
export type HolidayRequestOrderField = 'startDate' | 'endDate' | 'decidedAt'

/** Where a request stands, by its name in the schema, as it is stored. */
export const STATUSES = {
  PENDING: { value: 'Pending', description: 'Nobody has decided yet.' },
  APPROVED: { value: 'Approved', description: 'The manager has approved it.' },
  REJECTED: { value: 'Rejected', description: 'The manager has rejected it.' },
  WITHDRAWN: { value: 'Withdrawn', description: 'The employee has withdrawn it.' },
} as const
export type Status = (typeof STATUSES)[keyof typeof STATUSES]['value']

/** @throws AppError UNREPRESENTABLE_VALUE for what isn't one of them. */
export function toStatus(stored: string): Status {
  const status = Object.values(STATUSES).find(({ value }) => value === stored)
  if (status) return status.value
  throw new AppError('UNREPRESENTABLE_VALUE', 'The stored status is none of those that this API knows.')
}
