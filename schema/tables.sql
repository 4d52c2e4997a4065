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
