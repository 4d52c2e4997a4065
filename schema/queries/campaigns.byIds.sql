-- by ids: id, campaign, weekStart, clicks, clickThroughRate, costInCents
/* campaigns.byIds */ select "primary_key", "campaign_id", "week_start", "clicks", "CTR", round("cost"::float8::numeric, 2)
  from "marketing"."campaign_performance"
  where "primary_key" = any($1::bigint[]);
