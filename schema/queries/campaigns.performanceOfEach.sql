-- rows of campaigns: parent, id, campaign, weekStart, clicks, clickThroughRate, costInCents
/* campaigns.performanceOfEach */ select parents.name, page.* from unnest($1::text[]) as parents (name) cross join lateral (select "primary_key", "campaign_id", "week_start", "clicks", "CTR", round("cost"::float8::numeric, 2)
  from "marketing"."campaign_performance"
  where "campaign_id" = parents.name
  order by "week_start" desc, "primary_key" desc
  limit $2::bigint) as page;
