-- first page: id, pickupAt, dropoffAt, distance, fare, pickupZip, dropoffZip, durationSeconds
/* trips.page */ select "id", "tpep_pickup_datetime", "tpep_dropoff_datetime", "trip_distance", "fare_amount", "pickup_zip", "dropoff_zip", extract(epoch from (case when isfinite("tpep_pickup_datetime")
  and isfinite("tpep_dropoff_datetime") then "tpep_dropoff_datetime" - "tpep_pickup_datetime" end))::float8
  from "taxi"."trips_synced"
  order by "tpep_pickup_datetime" desc, "id" desc
  limit $1::bigint;

-- last page: id, pickupAt, dropoffAt, distance, fare, pickupZip, dropoffZip, durationSeconds
/* trips.page */ select "id", "tpep_pickup_datetime", "tpep_dropoff_datetime", "trip_distance", "fare_amount", "pickup_zip", "dropoff_zip", extract(epoch from (case when isfinite("tpep_pickup_datetime")
  and isfinite("tpep_dropoff_datetime") then "tpep_dropoff_datetime" - "tpep_pickup_datetime" end))::float8
  from "taxi"."trips_synced"
  order by "tpep_pickup_datetime" asc, "id" asc
  limit $1::bigint;

-- descending, after a row: id, pickupAt, dropoffAt, distance, fare, pickupZip, dropoffZip, durationSeconds
/* trips.page */ select "id", "tpep_pickup_datetime", "tpep_dropoff_datetime", "trip_distance", "fare_amount", "pickup_zip", "dropoff_zip", extract(epoch from (case when isfinite("tpep_pickup_datetime")
  and isfinite("tpep_dropoff_datetime") then "tpep_dropoff_datetime" - "tpep_pickup_datetime" end))::float8
  from "taxi"."trips_synced"
  where ("tpep_pickup_datetime", "id") < ($1::timestamp with time zone, $2::bigint)
  order by "tpep_pickup_datetime" desc, "id" desc
  limit $3::bigint;

-- descending, after a row without a value: id, pickupAt, dropoffAt, distance, fare, pickupZip, dropoffZip, durationSeconds
/* trips.page */ (select "id", "tpep_pickup_datetime", "tpep_dropoff_datetime", "trip_distance", "fare_amount", "pickup_zip", "dropoff_zip", extract(epoch from (case when isfinite("tpep_pickup_datetime")
  and isfinite("tpep_dropoff_datetime") then "tpep_dropoff_datetime" - "tpep_pickup_datetime" end))::float8
  from "taxi"."trips_synced"
  where "tpep_pickup_datetime" is null
  and "id" < $1::bigint
  order by "tpep_pickup_datetime" desc, "id" desc
  limit $2::bigint)
  union all (select "id", "tpep_pickup_datetime", "tpep_dropoff_datetime", "trip_distance", "fare_amount", "pickup_zip", "dropoff_zip", extract(epoch from (case when isfinite("tpep_pickup_datetime")
  and isfinite("tpep_dropoff_datetime") then "tpep_dropoff_datetime" - "tpep_pickup_datetime" end))::float8
  from "taxi"."trips_synced"
  where "tpep_pickup_datetime" is not null
  order by "tpep_pickup_datetime" desc, "id" desc
  limit $3::bigint)
  limit $4::bigint;

-- ascending, after a row: id, pickupAt, dropoffAt, distance, fare, pickupZip, dropoffZip, durationSeconds
/* trips.page */ (select "id", "tpep_pickup_datetime", "tpep_dropoff_datetime", "trip_distance", "fare_amount", "pickup_zip", "dropoff_zip", extract(epoch from (case when isfinite("tpep_pickup_datetime")
  and isfinite("tpep_dropoff_datetime") then "tpep_dropoff_datetime" - "tpep_pickup_datetime" end))::float8
  from "taxi"."trips_synced"
  where ("tpep_pickup_datetime", "id") > ($1::timestamp with time zone, $2::bigint)
  order by "tpep_pickup_datetime" asc, "id" asc
  limit $3::bigint)
  union all (select "id", "tpep_pickup_datetime", "tpep_dropoff_datetime", "trip_distance", "fare_amount", "pickup_zip", "dropoff_zip", extract(epoch from (case when isfinite("tpep_pickup_datetime")
  and isfinite("tpep_dropoff_datetime") then "tpep_dropoff_datetime" - "tpep_pickup_datetime" end))::float8
  from "taxi"."trips_synced"
  where "tpep_pickup_datetime" is null
  order by "tpep_pickup_datetime" asc, "id" asc
  limit $4::bigint)
  limit $5::bigint;

-- ascending, after a row without a value: id, pickupAt, dropoffAt, distance, fare, pickupZip, dropoffZip, durationSeconds
/* trips.page */ select "id", "tpep_pickup_datetime", "tpep_dropoff_datetime", "trip_distance", "fare_amount", "pickup_zip", "dropoff_zip", extract(epoch from (case when isfinite("tpep_pickup_datetime")
  and isfinite("tpep_dropoff_datetime") then "tpep_dropoff_datetime" - "tpep_pickup_datetime" end))::float8
  from "taxi"."trips_synced"
  where "tpep_pickup_datetime" is null
  and "id" > $1::bigint
  order by "tpep_pickup_datetime" asc, "id" asc
  limit $2::bigint;

-- by duration: id, pickupAt, dropoffAt, distance, fare, pickupZip, dropoffZip, durationSeconds, duration
/* trips.page */ select "id", "tpep_pickup_datetime", "tpep_dropoff_datetime", "trip_distance", "fare_amount", "pickup_zip", "dropoff_zip", extract(epoch from (case when isfinite("tpep_pickup_datetime")
  and isfinite("tpep_dropoff_datetime") then "tpep_dropoff_datetime" - "tpep_pickup_datetime" end))::float8, (case when isfinite("tpep_pickup_datetime")
  and isfinite("tpep_dropoff_datetime") then "tpep_dropoff_datetime" - "tpep_pickup_datetime" end)
  from "taxi"."trips_synced"
  where ((case when isfinite("tpep_pickup_datetime")
  and isfinite("tpep_dropoff_datetime") then "tpep_dropoff_datetime" - "tpep_pickup_datetime" end), "id") < ($1::interval, $2::bigint)
  order by (case when isfinite("tpep_pickup_datetime")
  and isfinite("tpep_dropoff_datetime") then "tpep_dropoff_datetime" - "tpep_pickup_datetime" end) desc, "id" desc
  limit $3::bigint;

-- with every filter: id, pickupAt, dropoffAt, distance, fare, pickupZip, dropoffZip, durationSeconds
/* trips.page */ select "id", "tpep_pickup_datetime", "tpep_dropoff_datetime", "trip_distance", "fare_amount", "pickup_zip", "dropoff_zip", extract(epoch from (case when isfinite("tpep_pickup_datetime")
  and isfinite("tpep_dropoff_datetime") then "tpep_dropoff_datetime" - "tpep_pickup_datetime" end))::float8
  from "taxi"."trips_synced"
  where "pickup_zip" = $1::bigint
  and "dropoff_zip" = $2::bigint
  and "tpep_pickup_datetime" >= $3::timestamp with time zone
  and "tpep_pickup_datetime" < $4::timestamp with time zone
  and "fare_amount" >= $5::float8
  and "fare_amount" <= $6::float8
  and "trip_distance" >= $7::float8
  and "trip_distance" < $8::float8
  order by "tpep_pickup_datetime" desc, "id" desc
  limit $9::bigint;
