-- by ids: id, pickupAt, dropoffAt, distance, fare, pickupZip, dropoffZip, durationSeconds
/* trips.byIds */ select "id", "tpep_pickup_datetime", "tpep_dropoff_datetime", "trip_distance", "fare_amount", "pickup_zip", "dropoff_zip", extract(epoch from ("tpep_dropoff_datetime" - "tpep_pickup_datetime"))::float8
  from "taxi"."trips_synced"
  where "id" = any($1::bigint[]);
