-- sums of all: count, fare count, fare sum, distance count, distance sum, durationSeconds count, durationSeconds sum
/* trips.stats */ select count(*), count(*) filter (where "fare_amount"::float8 < 'Infinity'
  and "fare_amount"::float8 > '-Infinity'), sum("fare_amount"::float8) filter (where "fare_amount"::float8 < 'Infinity'
  and "fare_amount"::float8 > '-Infinity'), count(*) filter (where "trip_distance"::float8 < 'Infinity'
  and "trip_distance"::float8 > '-Infinity'), sum("trip_distance"::float8) filter (where "trip_distance"::float8 < 'Infinity'
  and "trip_distance"::float8 > '-Infinity'), count(*) filter (where extract(epoch from ("tpep_dropoff_datetime" - "tpep_pickup_datetime"))::float8::float8 < 'Infinity'
  and extract(epoch from ("tpep_dropoff_datetime" - "tpep_pickup_datetime"))::float8::float8 > '-Infinity'), sum(extract(epoch from ("tpep_dropoff_datetime" - "tpep_pickup_datetime"))::float8::float8) filter (where extract(epoch from ("tpep_dropoff_datetime" - "tpep_pickup_datetime"))::float8::float8 < 'Infinity'
  and extract(epoch from ("tpep_dropoff_datetime" - "tpep_pickup_datetime"))::float8::float8 > '-Infinity')
  from "taxi"."trips_synced"
  group by grouping sets (());

-- sums in every grouping: count, fare count, fare sum, distance count, distance sum, durationSeconds count, durationSeconds sum, hour, grouping hour, day, grouping day, pickupZip, grouping pickupZip, dropoffZip, grouping dropoffZip
/* trips.stats */ select count(*), count(*) filter (where "fare_amount"::float8 < 'Infinity'
  and "fare_amount"::float8 > '-Infinity'), sum("fare_amount"::float8) filter (where "fare_amount"::float8 < 'Infinity'
  and "fare_amount"::float8 > '-Infinity'), count(*) filter (where "trip_distance"::float8 < 'Infinity'
  and "trip_distance"::float8 > '-Infinity'), sum("trip_distance"::float8) filter (where "trip_distance"::float8 < 'Infinity'
  and "trip_distance"::float8 > '-Infinity'), count(*) filter (where extract(epoch from ("tpep_dropoff_datetime" - "tpep_pickup_datetime"))::float8::float8 < 'Infinity'
  and extract(epoch from ("tpep_dropoff_datetime" - "tpep_pickup_datetime"))::float8::float8 > '-Infinity'), sum(extract(epoch from ("tpep_dropoff_datetime" - "tpep_pickup_datetime"))::float8::float8) filter (where extract(epoch from ("tpep_dropoff_datetime" - "tpep_pickup_datetime"))::float8::float8 < 'Infinity'
  and extract(epoch from ("tpep_dropoff_datetime" - "tpep_pickup_datetime"))::float8::float8 > '-Infinity'), extract(hour
  from "tpep_pickup_datetime"), grouping(extract(hour
  from "tpep_pickup_datetime")), ("tpep_pickup_datetime")::date, grouping(("tpep_pickup_datetime")::date), "pickup_zip", grouping("pickup_zip"), "dropoff_zip", grouping("dropoff_zip")
  from "taxi"."trips_synced"
  where "pickup_zip" = $1::integer
  and "dropoff_zip" = $2::integer
  and "tpep_pickup_datetime" >= $3::timestamptz
  and "tpep_pickup_datetime" < $4::timestamptz
  and "fare_amount" >= $5::float8
  and "fare_amount" <= $6::float8
  and "trip_distance" >= $7::float8
  and "trip_distance" < $8::float8
  group by grouping sets ((), (extract(hour
  from "tpep_pickup_datetime")), (("tpep_pickup_datetime")::date), ("pickup_zip"), ("dropoff_zip"));
