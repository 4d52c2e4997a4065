import type { Order, Page, Row } from '../../db/index.ts'
import { bare } from '../../execution/index.ts'
import {
  addOrder,
  type Builder,
  fromColumn,
  type GraphQLContext,
  loadPage,
  type PageArguments,
  pageCost,
  selectedColumns,
  toDate,
  toDateTime,
  toRowId,
} from '../../graphql/index.ts'
import { addEmployeeType, loadEmployee } from './employee-graphql.ts'
import { addHolidayRequestFilter, canonicalFilter, type HolidayRequestFilter } from './filter.ts'
import { requestById } from './loaders.ts'
import { requestsPage } from './queries.ts'
import { type HolidayRequestOrderField, holidayRequests, toStatus } from './table.ts'

const LATEST_FIRST: Order<HolidayRequestOrderField> = { field: 'startDate', direction: 'desc' }

/** Adds holiday requests and employees to the schema. */
export function addHolidays(builder: Builder): void {
  const { status, filter } = addHolidayRequestFilter(builder)
  const employee = addEmployeeType(builder)
  const request = addRequestType(builder, { status, employee })
  addRequestQueries(builder, request, filter)
}

type EmployeeRef = ReturnType<typeof addEmployeeType>
type FilterRefs = ReturnType<typeof addHolidayRequestFilter>

function addRequestType(
  builder: Builder,
  { status, employee }: Pick<FilterRefs, 'status'> & { employee: EmployeeRef },
) {
  return builder.node(builder.objectRef<Row>('HolidayRequest'), {
    description: 'A request for days off. You see your own, and those of your reports.',
    id: { resolve: (row) => row['id'] ?? '', description: 'The request’s id across all types.' },
    loadWithoutCache: (id, context, info) =>
      loadRequest(toRowId(id, 'HolidayRequest'), context, selectedColumns(info, 'HolidayRequest')),
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
        description: 'Who is to decide, or has decided; null if that isn’t known.',
        extensions: { columns: ['manager'] },
        resolve: (row, _args, context, info) => loadEmployee(row['manager'], context, info),
      }),
    }),
  })
}

type RequestRef = ReturnType<typeof addRequestType>

function loadRequest(id: string, context: GraphQLContext, columns: string[]): Promise<Row | null> {
  return requestById.load(context.load, { id, columns })
}

function addRequestQueries(builder: Builder, request: RequestRef, filterRef: FilterRefs['filter']): void {
  const orderRef = addRequestOrder(builder)
  builder.queryFields((t) => ({
    holidayRequest: t.field({
      type: request,
      nullable: true,
      description: 'One holiday request, or null if there is none with this id that you may see.',
      args: { id: t.arg.id({ required: true, description: 'The id of a HolidayRequest, or its number.' }) },
      resolve: (_root, { id }, context, info) =>
        loadRequest(toRowId(id, 'HolidayRequest'), context, selectedColumns(info, 'HolidayRequest')),
    }),
    holidayRequests: t.connection(
      {
        type: request,
        description: 'Holiday requests that you may see, in pages, latest first unless ordered otherwise.',
        args: {
          filter: t.arg({ type: filterRef, description: 'Which requests; all of them by default.' }),
          orderBy: t.arg({ type: orderRef, description: 'In which order; by first day, latest first, by default.' }),
        },
        complexity: (args) => pageCost(args),
        resolve: async (_root, { filter, orderBy, ...paging }, context, info) => {
          const columns = selectedColumns(info, 'HolidayRequest')
          return loadRequests({ filter: filter ?? {}, order: orderBy ?? LATEST_FIRST, paging, columns }, context)
        },
      },
      { name: 'HolidayRequestConnection' },
      { name: 'HolidayRequestEdge' },
    ),
  }))
}

function addRequestOrder(builder: Builder) {
  return addOrder(builder, {
    name: 'HolidayRequest',
    things: 'holiday requests',
    tieBreaker: 'their number',
    by: {
      START_DATE: { value: 'startDate', description: 'The first day off.' },
      END_DATE: { value: 'endDate', description: 'The last day off.' },
      DECIDED_AT: { value: 'decidedAt', description: 'When it was decided.' },
    },
  })
}

interface RequestList {
  readonly filter: HolidayRequestFilter
  readonly order: Order<HolidayRequestOrderField>
  readonly paging: PageArguments
  readonly columns: readonly string[]
}

function loadRequests({ filter, order, paging, columns }: RequestList, context: GraphQLContext) {
  const request = {
    list: `holidayRequests ${order.field} ${order.direction} ${canonicalFilter(filter)}`,
    paging,
    idColumn: holidayRequests.idColumn,
    orderColumn: order.field,
    read: (page: Page) =>
      context.load.read('viewer', (tables) => requestsPage(tables, { filter, order, page, columns })),
  }
  return loadPage(request, context)
}
