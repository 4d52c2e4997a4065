-- first page of rows: id, campaign, weekStart, clicks, clickThroughRate, costInCents
/* campaigns.performance */ select "primary_key", "campaign_id", "week_start", "clicks", "CTR", round("cost"::float8::numeric, 2)
  from "marketing"."campaign_performance"
  order by "week_start" desc, "primary_key" desc
  limit $1::bigint;

-- rows by cost, after one: id, campaign, weekStart, clicks, clickThroughRate, costInCents, cost
/* campaigns.performance */ select "primary_key", "campaign_id", "week_start", "clicks", "CTR", round("cost"::float8::numeric, 2), "cost"
  from "marketing"."campaign_performance"
  where ("cost", "primary_key") < ($1::real, $2::bigint)
  order by "cost" desc, "primary_key" desc
  limit $3::bigint;

-- rows with every filter: id, campaign, weekStart, clicks, clickThroughRate, costInCents
/* campaigns.performance */ select "primary_key", "campaign_id", "week_start", "clicks", "CTR", round("cost"::float8::numeric, 2)
  from "marketing"."campaign_performance"
  where "campaign_id" = $1::text
  and "performance_tier" = $2::text
  and "publisher" = any($3::text[])
  and "region" = $4::text
  and "device_type" = $5::text
  and "ad_type" = $6::text
  and "week_start" >= $7::text
  and "week_start" < $8::text
  order by "week_start" desc, "primary_key" desc
  limit $9::bigint;
