import type { IncomingMessage } from 'node:http'
import { type CampaignRow, type PerformanceRow, read, type TotalsRow, type TripRow, zip } from './rows.ts'
import { serve } from './serve.ts'

/** What somebody would write who needed these four answers and no GraphQL: `node:http`, `pg`, `JSON.stringify`. */
serve((request, response) => {
  answer(request)
    .then((data) => {
      const body = JSON.stringify({ data })
      response
        .writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) })
        .end(body)
    })
    .catch((error: unknown) => response.writeHead(500).end(String(error)))
})

async function answer(request: IncomingMessage): Promise<object> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const { query, variables } = JSON.parse(Buffer.concat(chunks).toString())
  if (query.startsWith('{ trips')) return { trips: { nodes: (await read<TripRow>('trips', [100])).map(trip) } }
  if (query.startsWith('query ($id')) {
    const [row] = await read<TripRow>('tripsByIds', [[variables.id]])
    return { trip: row ? trip(row) : null }
  }
  if (query.startsWith('{ campaigns')) return { campaigns: { nodes: await campaigns() } }
  return { campaignTotals: (await read<TotalsRow>('totals', [])).map(totals) }
}

const trip = (row: TripRow) => ({
  tripId: row.id,
  pickupAt: row.tpep_pickup_datetime.toISOString(),
  dropoffAt: row.tpep_dropoff_datetime.toISOString(),
  distance: row.trip_distance,
  fare: row.fare_amount,
  pickupZip: zip(row.pickup_zip),
  dropoffZip: zip(row.dropoff_zip),
})

async function campaigns() {
  const rows = await read<CampaignRow>('campaigns', [20])
  const performance = await read<PerformanceRow>('performance', [rows.map((row) => row.campaign_id), 30])
  const byCampaign = Map.groupBy(performance, (row) => row.campaign_id)
  return rows.map((row) => ({
    name: row.campaign_id,
    tier: row.performance_tier,
    performance: {
      nodes: (byCampaign.get(row.campaign_id) ?? []).map((each) => ({
        weekStart: each.week_start,
        publisher: each.publisher,
        region: each.region,
        impressions: each.impressions,
        clicks: each.clicks,
        costPerClick: each.CPC,
      })),
    },
  }))
}

const totals = (row: TotalsRow) => ({
  publisher: row.publisher,
  region: row.region,
  deviceType: row.device_type,
  impressions: row.impressions,
  clicks: row.clicks,
  cost: row.cost,
  revenue: row.revenue,
  clickThroughRate: row.clicks / row.impressions,
  returnOnAdSpend: Number(row.revenue) / Number(row.cost),
})
