-- by ids: id, pickupAt, dropoffAt, distance, fare, pickupZip, dropoffZip, durationSeconds
/* trips.byIds */ select "id", "tpep_pickup_datetime", "tpep_dropoff_datetime", "trip_distance", "fare_amount", "pickup_zip", "dropoff_zip", extract(epoch from (case when isfinite("tpep_pickup_datetime")
  and isfinite("tpep_dropoff_datetime") then "tpep_dropoff_datetime" - "tpep_pickup_datetime" end))::float8
  from "taxi"."trips_synced"
  where "id" = any($1::bigint[]);
