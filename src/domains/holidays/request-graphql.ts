import type { GraphQLResolveInfo } from 'graphql'
import type { Row } from '../../db/index.ts'
import { bare } from '../../execution/index.ts'
import {
  type Builder,
  checkUpTo,
  costOf,
  fromColumn,
  type GraphQLContext,
  selectedColumns,
  toDate,
  toDateTime,
  toNode,
  toRowId,
} from '../../graphql/index.ts'
import { type addEmployeeType, loadEmployee } from './employee-graphql.ts'
import type { addHolidayRequestFilter } from './filter.ts'
import { employeeByEmail, overlapsOfRequest, requestById } from './loaders.ts'
import { holidayRequests, toStatus } from './table.ts'

interface Refs {
  readonly status: ReturnType<typeof addHolidayRequestFilter>['status']
  readonly employee: ReturnType<typeof addEmployeeType>
}

/** Adds the type of a holiday request. */
export function addRequestType(builder: Builder, { status, employee }: Refs) {
  return builder.node(builder.objectRef<Row>('HolidayRequest'), {
    description: 'A request for days off. You see your own, and those of your reports.',
    id: { resolve: (row) => row['id'] ?? '', description: 'The request’s id across all types.' },
    loadWithoutCache: (id, context, info) =>
      toNode(loadRequest(toRowId(id, 'HolidayRequest'), context, selectedColumns(info, 'HolidayRequest'))),
    fields: (t) => ({
      requestId: t.id({ description: 'The request’s number.', resolve: bare((row: Row) => row['id'] ?? '') }),
      employeeName: t.string(fromColumn(holidayRequests, 'employeeName', String)),
      startDate: t.field({ type: 'Date', ...fromColumn(holidayRequests, 'startDate', toDate) }),
      endDate: t.field({ type: 'Date', ...fromColumn(holidayRequests, 'endDate', toDate) }),
      status: t.field({ type: status, ...fromColumn(holidayRequests, 'status', toStatus) }),
      managerNote: t.string(fromColumn(holidayRequests, 'managerNote', String)),
      version: t.int(fromColumn(holidayRequests, 'version', Number)),
      decidedBy: t.string(fromColumn(holidayRequests, 'decidedBy', String)),
      decidedAt: t.field({ type: 'DateTime', ...fromColumn(holidayRequests, 'decidedAt', toDateTime) }),
      employee: t.field({
        type: employee,
        nullable: true,
        description: 'Who asks; null if that isn’t known.',
        extensions: { columns: ['requester'] },
        resolve: (row, _args, context, info) => loadEmployee(row['requester'], context, info),
      }),
      manager: t.field({
        type: employee,
        nullable: true,
        description:
          'Whose decision it is, by the chart as it is now, or was; null if there is nobody, or nobody whom you may see.',
        extensions: { columns: ['manager', 'requester', 'status'] },
        resolve: (row, _args, context, info) => loadManager(row, context, info),
      }),
    }),
  })
}

export type RequestRef = ReturnType<typeof addRequestType>

const [DEFAULT_OVERLAPS, MAX_OVERLAPS] = [10, 50]

/** Adds, for a calendar, what else there is on the days of a request. */
export function addOverlaps(builder: Builder, request: RequestRef): void {
  builder.objectField(request, 'overlaps', (t) =>
    t.field({
      type: [request],
      // A mutation that was done must not be null because of this.
      nullable: true,
      description:
        'Other requests, pending or approved, that you may see and that have a day in common with this one, by their first day.',
      args: {
        first: t.arg.int({
          required: true,
          defaultValue: DEFAULT_OVERLAPS,
          description: `How many at most: up to ${MAX_OVERLAPS}.`,
        }),
      },
      extensions: { columns: ['startDate', 'endDate'] },
      complexity: ({ first }) => costOf(first, MAX_OVERLAPS),
      resolve: async ({ id, startDate, endDate }, { first: size }, { load }, info) => {
        checkUpTo('first', size, MAX_OVERLAPS)
        if (id == null || startDate == null || endDate == null) return []
        const columns = selectedColumns(info, 'HolidayRequest')
        return (await overlapsOfRequest.load(load, { id, startDate, endDate, size, columns })) ?? []
      },
    }),
  )
}

/** A request by its number; null if there is none that the viewer may see. */
export function loadRequest(id: string, context: GraphQLContext, columns: readonly string[]): Promise<Row | null> {
  return requestById.load(context.load, { id, columns })
}

/** While a request is pending, its manager is whom the chart says now: the chart may have changed since it was made. */
async function loadManager(row: Row, context: GraphQLContext, info: GraphQLResolveInfo): Promise<Row | null> {
  const { requester, manager, status } = row
  if (status !== 'Pending' || requester == null) return loadEmployee(manager, context, info)
  const line = await employeeByEmail.load(context.load, { id: requester, columns: ['manager'] })
  return loadEmployee(line?.['manager'], context, info)
}
