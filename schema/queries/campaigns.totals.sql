-- totals of all: rows, totalClicks, totalCost, overallClickThroughRate, overallCostPerClick
/* campaigns.totals */ select count(*), (sum("clicks"))::numeric, round(((sum(trunc("cost"::float8 * 100 + sign("cost") * 0.5)::bigint) filter (where "cost" between -1e15::float8
  and 1e15::float8)) * 0.01), 2), (sum("clicks"))::numeric::float8 / nullif((sum("impressions"))::numeric::float8, 0), ((sum(trunc("cost"::float8 * 100 + sign("cost") * 0.5)::bigint) filter (where "cost" between -1e15::float8
  and 1e15::float8)) * 0.01)::float8 / nullif((sum("clicks"))::numeric::float8, 0)
  from "marketing"."campaign_performance"
  limit $1::bigint;

-- totals by publisher and week, most revenue first: publisher, weekStart, rows, totalClicks, totalCost, overallClickThroughRate, overallCostPerClick
/* campaigns.totals */ select "publisher", "week_start", count(*), (sum("clicks"))::numeric, round(((sum(trunc("cost"::float8 * 100 + sign("cost") * 0.5)::bigint) filter (where "cost" between -1e15::float8
  and 1e15::float8)) * 0.01), 2), (sum("clicks"))::numeric::float8 / nullif((sum("impressions"))::numeric::float8, 0), ((sum(trunc("cost"::float8 * 100 + sign("cost") * 0.5)::bigint) filter (where "cost" between -1e15::float8
  and 1e15::float8)) * 0.01)::float8 / nullif((sum("clicks"))::numeric::float8, 0)
  from "marketing"."campaign_performance"
  where "campaign_id" = $1::text
  and "performance_tier" = $2::text
  and "publisher" = any($3::text[])
  and "region" = $4::text
  and "device_type" = $5::text
  and "ad_type" = $6::text
  and "week_start" >= $7::text
  and "week_start" < $8::text
  group by "publisher", "week_start"
  order by round(((sum(trunc("revenue"::float8 * 100 + sign("revenue") * 0.5)::bigint) filter (where "revenue" between -1e15::float8
  and 1e15::float8)) * 0.01), 2) desc, "publisher", "week_start"
  limit $9::bigint;

-- totals of campaigns: campaign, rows, totalClicks, totalCost, overallClickThroughRate, overallCostPerClick
/* campaigns.totals */ select "campaign_id", count(*), (sum("clicks"))::numeric, round(((sum(trunc("cost"::float8 * 100 + sign("cost") * 0.5)::bigint) filter (where "cost" between -1e15::float8
  and 1e15::float8)) * 0.01), 2), (sum("clicks"))::numeric::float8 / nullif((sum("impressions"))::numeric::float8, 0), ((sum(trunc("cost"::float8 * 100 + sign("cost") * 0.5)::bigint) filter (where "cost" between -1e15::float8
  and 1e15::float8)) * 0.01)::float8 / nullif((sum("clicks"))::numeric::float8, 0)
  from "marketing"."campaign_performance"
  where "campaign_id" = $1::text
  group by "campaign_id"
  order by "campaign_id";

-- trends of campaigns: campaign, weekStart, rows, totalClicks, totalCost, overallClickThroughRate, overallCostPerClick
/* campaigns.totals */ select "campaign_id", "week_start", count(*), (sum("clicks"))::numeric, round(((sum(trunc("cost"::float8 * 100 + sign("cost") * 0.5)::bigint) filter (where "cost" between -1e15::float8
  and 1e15::float8)) * 0.01), 2), (sum("clicks"))::numeric::float8 / nullif((sum("impressions"))::numeric::float8, 0), ((sum(trunc("cost"::float8 * 100 + sign("cost") * 0.5)::bigint) filter (where "cost" between -1e15::float8
  and 1e15::float8)) * 0.01)::float8 / nullif((sum("clicks"))::numeric::float8, 0)
  from "marketing"."campaign_performance"
  where "campaign_id" = $1::text
  group by "campaign_id", "week_start"
  order by "campaign_id", "week_start";
