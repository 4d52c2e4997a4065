import pg from 'pg'

/** The SQL that a careful person would write for the four workloads; the hand-written floor and all peers on Pothos use it. */
export const SQL = {
  trips: 'select * from taxi.trips_synced order by tpep_pickup_datetime desc, id desc limit $1',
  tripsByIds: 'select * from taxi.trips_synced where id = any($1::bigint[])',
  campaigns: `select campaign_id, max(performance_tier) as performance_tier from marketing.campaign_performance
               where campaign_id is not null group by campaign_id order by campaign_id limit $1`,
  // Not "order by 1": that would sort by the name of an output column, and past the index.
  performance: `select page.* from unnest($1::text[]) as parents (name) cross join lateral
                  (select * from marketing.campaign_performance where campaign_id = parents.name
                    order by week_start desc, primary_key desc limit $2) as page`,
  totals: `select publisher, region, device_type, sum(impressions)::float8 as impressions, sum(clicks)::float8 as clicks,
                  (sum(trunc(cost::float8 * 100 + sign(cost) * 0.5)::bigint) * 0.01)::text as cost,
                  (sum(trunc(revenue::float8 * 100 + sign(revenue) * 0.5)::bigint) * 0.01)::text as revenue
             from marketing.campaign_performance group by publisher, region, device_type order by publisher, region, device_type`,
} as const

export interface TripRow {
  readonly id: string
  readonly tpep_pickup_datetime: Date
  readonly tpep_dropoff_datetime: Date
  readonly trip_distance: number
  readonly fare_amount: number
  readonly pickup_zip: number
  readonly dropoff_zip: number
}

export interface CampaignRow {
  readonly campaign_id: string
  readonly performance_tier: string
}

export interface PerformanceRow {
  readonly campaign_id: string
  readonly week_start: string
  readonly publisher: string
  readonly region: string
  readonly impressions: number
  readonly clicks: number
  readonly CPC: number
}

export interface TotalsRow {
  readonly publisher: string
  readonly region: string
  readonly device_type: string
  readonly impressions: number
  readonly clicks: number
  readonly cost: string
  readonly revenue: string
}

// Connection from PGHOST and its siblings; ten connections, as many as every subject has.
const pool = new pg.Pool({ max: 10 })

/** Rows of one of the statements, prepared under its name. */
export async function read<Row>(name: keyof typeof SQL, values: unknown[]): Promise<Row[]> {
  const { rows } = await pool.query({ name, text: SQL[name], values })
  return rows
}

export const zip = (code: number): string => String(code).padStart(5, '0')
