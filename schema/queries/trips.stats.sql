-- sums of all: count, fare count, fare sum, distance count, distance sum, durationSeconds count, durationSeconds sum
/* trips.stats */ select count(*), count(*) filter (where "fare_amount"::float8 between -1e290
  and 1e290), sum("fare_amount"::float8) filter (where "fare_amount"::float8 between -1e290
  and 1e290), count(*) filter (where "trip_distance"::float8 between -1e290
  and 1e290), sum("trip_distance"::float8) filter (where "trip_distance"::float8 between -1e290
  and 1e290), count(*) filter (where extract(epoch from (case when isfinite("tpep_pickup_datetime")
  and isfinite("tpep_dropoff_datetime") then "tpep_dropoff_datetime" - "tpep_pickup_datetime" end))::float8::float8 between -1e290
  and 1e290), sum(extract(epoch from (case when isfinite("tpep_pickup_datetime")
  and isfinite("tpep_dropoff_datetime") then "tpep_dropoff_datetime" - "tpep_pickup_datetime" end))::float8::float8) filter (where extract(epoch from (case when isfinite("tpep_pickup_datetime")
  and isfinite("tpep_dropoff_datetime") then "tpep_dropoff_datetime" - "tpep_pickup_datetime" end))::float8::float8 between -1e290
  and 1e290)
  from "taxi"."trips_synced"
  group by grouping sets (());

-- sums in every grouping: count, fare count, fare sum, distance count, distance sum, durationSeconds count, durationSeconds sum, hour, grouping hour, day, grouping day, pickupZip, grouping pickupZip, dropoffZip, grouping dropoffZip
/* trips.stats */ select count(*), count(*) filter (where "fare_amount"::float8 between -1e290
  and 1e290), sum("fare_amount"::float8) filter (where "fare_amount"::float8 between -1e290
  and 1e290), count(*) filter (where "trip_distance"::float8 between -1e290
  and 1e290), sum("trip_distance"::float8) filter (where "trip_distance"::float8 between -1e290
  and 1e290), count(*) filter (where extract(epoch from (case when isfinite("tpep_pickup_datetime")
  and isfinite("tpep_dropoff_datetime") then "tpep_dropoff_datetime" - "tpep_pickup_datetime" end))::float8::float8 between -1e290
  and 1e290), sum(extract(epoch from (case when isfinite("tpep_pickup_datetime")
  and isfinite("tpep_dropoff_datetime") then "tpep_dropoff_datetime" - "tpep_pickup_datetime" end))::float8::float8) filter (where extract(epoch from (case when isfinite("tpep_pickup_datetime")
  and isfinite("tpep_dropoff_datetime") then "tpep_dropoff_datetime" - "tpep_pickup_datetime" end))::float8::float8 between -1e290
  and 1e290), extract(hour
  from "tpep_pickup_datetime"), grouping(extract(hour
  from "tpep_pickup_datetime")), ("tpep_pickup_datetime")::date, grouping(("tpep_pickup_datetime")::date), "pickup_zip", grouping("pickup_zip"), "dropoff_zip", grouping("dropoff_zip")
  from "taxi"."trips_synced"
  where "pickup_zip" = $1::bigint
  and "dropoff_zip" = $2::bigint
  and "tpep_pickup_datetime" >= $3::timestamp with time zone
  and "tpep_pickup_datetime" < $4::timestamp with time zone
  and "fare_amount" >= $5::float8
  and "fare_amount" <= $6::float8
  and "trip_distance" >= $7::float8
  and "trip_distance" < $8::float8
  group by grouping sets ((), (extract(hour
  from "tpep_pickup_datetime")), (("tpep_pickup_datetime")::date), ("pickup_zip"), ("dropoff_zip"));
