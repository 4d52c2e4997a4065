import type { GraphQLResolveInfo } from 'graphql'
import type { Given, Order, Page } from '../../db/index.ts'
import {
  addOrder,
  type Builder,
  type GraphQLContext,
  loadPage,
  type PageArguments,
  pageCost,
  selectedColumns,
} from '../../graphql/index.ts'
import { nameOf } from './campaign-graphql.ts'
import { canonicalFilter, checkFilter, type PerformanceFilter, type PerformanceFilterRef } from './filter.ts'
import { performanceOfCampaign } from './loaders.ts'
import { performancePage } from './queries.ts'
import type { Refs } from './refs.ts'
import { campaigns, PERFORMANCE_ORDERS, type PerformanceOrderField } from './table.ts'

const NEWEST_FIRST: Order<PerformanceOrderField> = { field: 'weekStart', direction: 'desc' }

function addPerformanceOrder(builder: Builder) {
  const choices = PERFORMANCE_ORDERS.map((value) => {
    const name = value.replaceAll(/[A-Z]/g, '_$&').toUpperCase()
    return [name, { value, description: campaigns.columns[value].description }] as const
  })
  return addOrder(builder, {
    name: 'CampaignPerformance',
    things: 'rows of campaign performance',
    tieBreaker: 'their number',
    by: Object.fromEntries(choices),
  })
}

/** Adds the rows of performance: all of them, and those of a campaign. */
export function addPerformanceLists(
  builder: Builder,
  { campaign, performance }: Refs,
  filter: PerformanceFilterRef,
): void {
  const order = addPerformanceOrder(builder)
  const connection = addConnection(builder, performance)
  builder.queryField('campaignPerformance', (t) =>
    t.connection(
      {
        type: performance,
        description: 'Rows of campaign performance in pages, newest week first unless ordered otherwise.',
        args: {
          filter: t.arg({ type: filter, description: 'Which rows; all of them by default.' }),
          orderBy: t.arg({ type: order, description: 'In which order; newest week first by default.' }),
        },
        complexity: (args) => pageCost(args),
        resolve: (_root, args, context, info) => loadPerformance(args, context, info),
      },
      connection,
    ),
  )
  builder.objectField(campaign, 'performance', (t) =>
    t.connection(
      {
        type: performance,
        description: 'The rows of this campaign in pages, newest week first unless ordered otherwise.',
        args: {
          filter: t.arg({ type: filter, description: 'Which rows; all of the campaign’s by default.' }),
          orderBy: t.arg({ type: order, description: 'In which order; newest week first by default.' }),
        },
        complexity: (args) => pageCost(args),
        resolve: (row, args, context, info) => loadPerformance(args, context, info, nameOf(row)),
      },
      connection,
    ),
  )
}

function addConnection(builder: Builder, type: Refs['performance']) {
  const [name, edge] = ['CampaignPerformanceConnection', 'CampaignPerformanceEdge']
  return builder.connectionObject({ type, name }, { name: edge })
}

/** What a connection of rows of performance is asked for. */
interface PerformanceArguments extends PageArguments {
  readonly filter?: Given<PerformanceFilter>
  readonly orderBy?: Given<Order<PerformanceOrderField>>
}

/** A page of rows: of all of them, or of one campaign's. */
function loadPerformance(
  { filter: given, orderBy, ...paging }: PerformanceArguments,
  context: GraphQLContext,
  info: GraphQLResolveInfo,
  campaign?: string,
) {
  const filter = checkFilter(given)
  const order = orderBy ?? NEWEST_FIRST
  const columns = selectedColumns(info, 'CampaignPerformance')
  const of = campaign === undefined ? '' : ` of ${JSON.stringify(campaign)}`
  const read = async (page: Page) => {
    const request = { filter, order, page, columns }
    if (campaign !== undefined) return (await performanceOfCampaign.load(context.load, { campaign, request })) ?? []
    return context.load.list('everyone', (tables) => performancePage(tables, request))
  }
  const list = `campaignPerformance ${order.field} ${order.direction} ${canonicalFilter(filter)}${of}`
  return loadPage({ list, paging, idColumn: campaigns.idColumn, orderColumn: order.field, read }, context)
}
