import type { Order, Page } from '../../db/index.ts'
import {
  addOrder,
  type Builder,
  type GraphQLContext,
  loadPage,
  type PageArguments,
  pageCost,
  selectedColumns,
  toRowId,
} from '../../graphql/index.ts'
import { addEmployeeType } from './employee-graphql.ts'
import { addHolidayRequestFilter, canonicalFilter, type HolidayRequestFilter, listedValues } from './filter.ts'
import { addHolidayErrors } from './mutation-errors.ts'
import { addHolidayMutations } from './mutations.ts'
import { requestsPage } from './queries.ts'
import { addOverlaps, addRequestType, loadRequest, type RequestRef } from './request-graphql.ts'
import { type HolidayRequestOrderField, holidayRequests } from './table.ts'

const LATEST_FIRST: Order<HolidayRequestOrderField> = { field: 'startDate', direction: 'desc' }

/** Adds holiday requests and employees to the schema. */
export function addHolidays(builder: Builder): void {
  const { status, filter } = addHolidayRequestFilter(builder)
  const employee = addEmployeeType(builder)
  const request = addRequestType(builder, { status, employee })
  addOverlaps(builder, request)
  addRequestQueries(builder, request, filter)
  addHolidayErrors(builder, request)
  addHolidayMutations(builder, request)
}

type FilterRefs = ReturnType<typeof addHolidayRequestFilter>

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
  const narrow = { table: holidayRequests, values: listedValues(filter) }
  const request = {
    list: `holidayRequests ${order.field} ${order.direction} ${canonicalFilter(filter)}`,
    paging,
    idColumn: holidayRequests.idColumn,
    orderColumn: order.field,
    read: (page: Page) =>
      context.load.list('viewer', (tables) => requestsPage(tables, { filter, order, page, columns }), narrow),
  }
  return loadPage(request, context)
}
