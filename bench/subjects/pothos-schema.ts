import SchemaBuilder from '@pothos/core'
import DataLoader from 'dataloader'
import { type CampaignRow, type PerformanceRow, read, type TotalsRow, type TripRow, zip } from './rows.ts'

/** Loaders of one request. */
export interface Context {
  readonly trips: DataLoader<string, TripRow | null>
  readonly performance: DataLoader<string, PerformanceRow[]>
}

const MOST_ROWS = 30

export const createContext = (): Context => ({
  trips: new DataLoader(async (ids) => {
    const rows = new Map((await read<TripRow>('tripsByIds', [ids])).map((row) => [row.id, row]))
    return ids.map((id) => rows.get(id) ?? null)
  }),
  performance: new DataLoader(async (names) => {
    const rows = Map.groupBy(await read<PerformanceRow>('performance', [names, MOST_ROWS]), (row) => row.campaign_id)
    return names.map((name) => rows.get(name) ?? [])
  }),
})

const builder = new SchemaBuilder<{ Context: Context; DefaultFieldNullability: false }>({
  defaultFieldNullability: false,
  scopeAuth: { authScopes: () => ({}) }, // for the types, which our own plugins widen; none is loaded here
})

const trip = builder.objectRef<TripRow>('Trip').implement({
  fields: (t) => ({
    tripId: t.exposeID('id'),
    pickupAt: t.string({ resolve: (row) => row.tpep_pickup_datetime.toISOString() }),
    dropoffAt: t.string({ resolve: (row) => row.tpep_dropoff_datetime.toISOString() }),
    distance: t.exposeFloat('trip_distance'),
    fare: t.exposeFloat('fare_amount'),
    pickupZip: t.string({ resolve: (row) => zip(row.pickup_zip) }),
    dropoffZip: t.string({ resolve: (row) => zip(row.dropoff_zip) }),
  }),
})
const performance = builder.objectRef<PerformanceRow>('CampaignPerformance').implement({
  fields: (t) => ({
    weekStart: t.exposeString('week_start'),
    publisher: t.exposeString('publisher'),
    region: t.exposeString('region'),
    impressions: t.exposeInt('impressions'),
    clicks: t.exposeInt('clicks'),
    costPerClick: t.exposeFloat('CPC'),
  }),
})
const totals = builder.objectRef<TotalsRow>('CampaignTotals').implement({
  fields: (t) => ({
    publisher: t.exposeString('publisher'),
    region: t.exposeString('region'),
    deviceType: t.exposeString('device_type'),
    impressions: t.exposeFloat('impressions'),
    clicks: t.exposeFloat('clicks'),
    cost: t.exposeString('cost'),
    revenue: t.exposeString('revenue'),
    clickThroughRate: t.float({ resolve: (row) => row.clicks / row.impressions }),
    returnOnAdSpend: t.float({ resolve: (row) => Number(row.revenue) / Number(row.cost) }),
  }),
})

/** Pages without cursors: less work than Relay's, which ours are. */
const trips = builder.objectRef<TripRow[]>('Trips').implement({
  fields: (t) => ({ nodes: t.field({ type: [trip], resolve: (rows) => rows }) }),
})
const rows = builder.objectRef<PerformanceRow[]>('CampaignPerformances').implement({
  fields: (t) => ({ nodes: t.field({ type: [performance], resolve: (all) => all }) }),
})
const campaign = builder.objectRef<CampaignRow>('Campaign').implement({
  fields: (t) => ({
    name: t.exposeString('campaign_id'),
    tier: t.exposeString('performance_tier'),
    performance: t.field({
      type: rows,
      args: { first: t.arg.int({ required: true }) },
      resolve: async (row, { first }, context) => (await context.performance.load(row.campaign_id)).slice(0, first),
    }),
  }),
})
const campaigns = builder.objectRef<CampaignRow[]>('Campaigns').implement({
  fields: (t) => ({ nodes: t.field({ type: [campaign], resolve: (all) => all }) }),
})
const dimension = builder.enumType('Dimension', { values: ['PUBLISHER', 'REGION', 'DEVICE_TYPE'] as const })

builder.queryType({
  fields: (t) => ({
    trips: t.field({
      type: trips,
      args: { first: t.arg.int({ required: true }) },
      resolve: (_root, { first }) => read<TripRow>('trips', [first]),
    }),
    trip: t.field({
      type: trip,
      nullable: true,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => context.trips.load(String(id)),
    }),
    campaigns: t.field({
      type: campaigns,
      args: { first: t.arg.int({ required: true }) },
      resolve: (_root, { first }) => read<CampaignRow>('campaigns', [first]),
    }),
    campaignTotals: t.field({
      type: [totals],
      args: { groupBy: t.arg({ type: [dimension], required: true }) },
      resolve: () => read<TotalsRow>('totals', []),
    }),
  }),
})

export const schema = builder.toSchema()
