-- trips: synced, taxi.trips_synced
--   id: integer; feeds id
--   tpep_pickup_datetime: timestamp; feeds pickupAt
--   tpep_dropoff_datetime: timestamp; feeds dropoffAt
--   trip_distance: float; feeds distance
--   fare_amount: float; feeds fare
--   pickup_zip: integer; feeds pickupZip
--   dropoff_zip: integer; feeds dropoffZip
-- with these indexes, which the app creates if it may:
create index "trips_pickup_at" on "taxi"."trips_synced" ("tpep_pickup_datetime", "id");
create index "trips_fare" on "taxi"."trips_synced" ("fare_amount", "id");
create index "trips_distance" on "taxi"."trips_synced" ("trip_distance", "id");
create index "trips_duration" on "taxi"."trips_synced" ((case when isfinite("tpep_pickup_datetime") and isfinite("tpep_dropoff_datetime") then "tpep_dropoff_datetime" - "tpep_pickup_datetime" end), "id");
create index "trips_pickup_zip" on "taxi"."trips_synced" ("pickup_zip", "tpep_pickup_datetime", "id");
create index "trips_dropoff_zip" on "taxi"."trips_synced" ("dropoff_zip", "tpep_pickup_datetime", "id");

-- campaigns: synced, marketing.campaign_performance
--   primary_key: integer; feeds id
--   campaign_id: text; feeds campaign
--   week_start: text; feeds weekStart
--   performance_tier: text; feeds tier
--   publisher: text; feeds publisher
--   region: text; feeds region
--   device_type: text; feeds deviceType
--   ad_type: text; feeds adType
--   impressions: integer; feeds impressions
--   clicks: integer; feeds clicks
--   conversions: integer; feeds conversions
--   CTR: float; feeds clickThroughRate
--   conversion_rate: float; feeds conversionRate
--   cost: float; feeds cost
--   CPC: float; feeds costPerClick
--   budget: float; feeds budget
--   revenue: float; feeds revenue
--   ROAS: float; feeds returnOnAdSpend
--   target_CTR: float; feeds targetClickThroughRate
--   target_CR: float; feeds targetConversionRate
--   platform_ratios: json; feeds platformRatios
-- with these indexes, which the app creates if it may:
create index "campaigns_tier" on "marketing"."campaign_performance" ("campaign_id", "performance_tier");
create index "campaigns_week" on "marketing"."campaign_performance" ("campaign_id", "week_start", "primary_key");
create index "campaigns_by_weekStart" on "marketing"."campaign_performance" ("week_start", "primary_key");
create index "campaigns_by_impressions" on "marketing"."campaign_performance" ("impressions", "primary_key");
create index "campaigns_by_clicks" on "marketing"."campaign_performance" ("clicks", "primary_key");
create index "campaigns_by_conversions" on "marketing"."campaign_performance" ("conversions", "primary_key");
create index "campaigns_by_clickThroughRate" on "marketing"."campaign_performance" ("CTR", "primary_key");
create index "campaigns_by_conversionRate" on "marketing"."campaign_performance" ("conversion_rate", "primary_key");
create index "campaigns_by_cost" on "marketing"."campaign_performance" ("cost", "primary_key");
create index "campaigns_by_costPerClick" on "marketing"."campaign_performance" ("CPC", "primary_key");
create index "campaigns_by_budget" on "marketing"."campaign_performance" ("budget", "primary_key");
create index "campaigns_by_revenue" on "marketing"."campaign_performance" ("revenue", "primary_key");
create index "campaigns_by_returnOnAdSpend" on "marketing"."campaign_performance" ("ROAS", "primary_key");

-- src/db/migrations/20261122090000000_installation.sql
-- What this installation of the API keeps about itself: one row, never changed.
create table lakebase_graphql.installation (
  singleton boolean primary key default true check (singleton),
  created_at timestamptz not null default now(),
  -- Signs cursors. It lies here so that a cursor holds across restarts and between instances.
  cursor_key bytea not null
);

comment on table lakebase_graphql.installation is 'One row: what this installation of the GraphQL API keeps about itself';

insert into lakebase_graphql.installation (cursor_key)
values (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

-- src/db/migrations/20261123090000000_identity.sql
-- Policies and statements of viewers' own roles call these functions; nothing else in this schema is granted to anybody.
grant usage on schema lakebase_graphql to public;

-- Who is asking, for policies. A role is itself, whatever it has set. Only the app's own role may speak for somebody else:
-- in a session that was opened for that, and for one transaction. NULL, which no row matches, for the app as itself.
do $$
begin
  execute format(
    $f$
      create function lakebase_graphql.viewer() returns text
      language sql stable parallel safe security invoker
      return case
        when current_user <> %L then current_user::text
        when current_setting('lakebase_graphql.access', true) = 'claims'
          then nullif(current_setting('lakebase_graphql.viewer', true), '')
      end
    $f$,
    current_user
  );
end
$$;

-- True, or the statement fails: a condition of every read of a table whose rows are for their viewers.
create function lakebase_graphql.require_row_security(relation regclass) returns boolean
language plpgsql stable parallel safe security invoker
as $$
begin
  if pg_catalog.row_security_active(relation::oid) then
    return true;
  end if;
  raise exception using errcode = 'LG001', message = 'row-level security does not bind this role';
end
$$;
