import { sampleCampaigns } from './sample-campaigns.ts'
import { sampleTrips } from './sample-trips.ts'

/** A table of the lakehouse and the read-only copy of it that the simulated pipeline keeps in Postgres. */
export interface SyncedTable {
  /** Schema of the copy, as the guide names it. */
  readonly schema: string
  /** Name of the copy within its schema. */
  readonly table: string
  /** The table in schema `lakehouse`, which stands for Unity Catalog, that it is copied from. */
  readonly source: string
  readonly primaryKey: string
  /** Columns as in CREATE TABLE, with the types that the platform maps the source's types to. */
  readonly columns: string
  /** The sample's rows, as lines of COPY's text format. */
  readonly sample: () => Iterable<string>
}

export const SYNCED_TABLES: readonly SyncedTable[] = [
  {
    schema: 'taxi',
    table: 'trips_synced',
    source: 'taxi_trips',
    primaryKey: 'id',
    columns: `id bigint not null,
      tpep_pickup_datetime timestamptz,
      tpep_dropoff_datetime timestamptz,
      trip_distance double precision,
      fare_amount double precision,
      pickup_zip integer,
      dropoff_zip integer`,
    sample: sampleTrips,
  },
  {
    schema: 'marketing',
    table: 'campaign_performance',
    source: 'campaign_performance',
    primaryKey: 'primary_key',
    columns: `campaign_id text,
      week_start text,
      performance_tier text,
      publisher text,
      region text,
      device_type text,
      ad_type text,
      impressions integer,
      clicks integer,
      conversions integer,
      "CTR" real,
      conversion_rate real,
      cost real,
      "CPC" real,
      budget real,
      revenue real,
      "ROAS" real,
      "target_CTR" real,
      "target_CR" real,
      platform_ratios jsonb,
      primary_key bigint not null`,
    sample: sampleCampaigns,
  },
]
