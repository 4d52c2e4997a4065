import type { Page, Row } from '../../db/index.ts'
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
  toNode,
  toTextKey,
} from '../../graphql/index.ts'
import { checkCount } from './filter.ts'
import { campaignByName } from './loaders.ts'
import { type CampaignFilter, campaignsPage } from './queries.ts'
import type { Refs } from './refs.ts'
import { campaigns } from './table.ts'

/** Adds the type of a campaign, with what its rows have in common. */
export function addCampaignType(builder: Builder, { campaign }: Refs): void {
  builder.node(campaign, {
    description: 'A marketing campaign: what rows of performance with the same name have in common.',
    id: { resolve: nameOf, description: 'The campaign’s id across all types.' },
    loadWithoutCache: (id, context, info) =>
      toNode(campaignByName.load(context.load, { id, columns: selectedColumns(info, 'Campaign') })),
    fields: (t) => ({
      name: t.string({ description: campaigns.columns.campaign.description, resolve: nameOf }),
      tier: t.string(fromColumn(campaigns, 'campaignTier', String)),
    }),
  })
}

/** The name of a campaign: what all its rows have in common, and therefore never NULL. */
export const nameOf = bare((campaign: Row): string => campaign['campaign'] ?? '')

/** Adds `campaign` and `campaigns`. */
export function addCampaignQueries(builder: Builder, { campaign }: Refs): void {
  const filter = addCampaignFilter(builder)
  const order = addCampaignOrder(builder)
  builder.queryFields((t) => ({
    campaign: t.field({
      type: campaign,
      nullable: true,
      description: 'One campaign, or null if there is none with this id.',
      args: { id: t.arg.id({ required: true, description: 'The id of a Campaign, or its name.' }) },
      resolve: (_root, { id }, context, info) =>
        campaignByName.load(context.load, {
          id: toTextKey(id, 'Campaign'),
          columns: selectedColumns(info, 'Campaign'),
        }),
    }),
    campaigns: t.connection(
      {
        type: campaign,
        description: 'Campaigns in pages, by name.',
        args: {
          filter: t.arg({ type: filter, description: 'Which campaigns; all of them by default.' }),
          orderBy: t.arg({ type: order, description: 'In which order; by name, ascending, by default.' }),
        },
        complexity: (args) => pageCost(args),
        resolve: (_root, { filter, orderBy, ...paging }, context, info) => {
          const columns = selectedColumns(info, 'Campaign')
          return loadCampaigns(
            { filter: filter ?? {}, direction: orderBy?.direction ?? 'asc', paging, columns },
            context,
          )
        },
      },
      { name: 'CampaignConnection' },
      { name: 'CampaignEdge' },
    ),
  }))
}

function addCampaignOrder(builder: Builder) {
  return addOrder(builder, {
    name: 'Campaign',
    things: 'campaigns',
    tieBreaker: 'nothing else, since no two have the same name',
    by: { NAME: { value: 'name', description: 'The name, as text: `cmp_10` comes before `cmp_2`.' } },
  })
}

function addCampaignFilter(builder: Builder) {
  return builder.inputType('CampaignFilter', {
    description: 'Which campaigns. All conditions that are given must hold.',
    fields: (t) => ({
      tier: t.stringList({ description: 'How well they do: any of `High`, `Medium`, `Low`.' }),
      name: t.string({ description: 'A part of the name, in upper or lower case.' }),
    }),
  })
}

interface CampaignList {
  readonly filter: CampaignFilter
  readonly direction: 'asc' | 'desc'
  readonly paging: PageArguments
  readonly columns: readonly string[]
}

function loadCampaigns({ filter, direction, paging, columns }: CampaignList, context: GraphQLContext) {
  checkCount(filter.tier, 'filter.tier')
  const request = {
    list: `campaigns ${direction} ${JSON.stringify([filter.tier?.toSorted() ?? null, filter.name ?? null])}`,
    paging,
    idColumn: 'campaign',
    read: (page: Page) =>
      context.load.list('everyone', (tables) => campaignsPage(tables, { filter, direction, page, columns })),
  }
  return loadPage(request, context)
}
