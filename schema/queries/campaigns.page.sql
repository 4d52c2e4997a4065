-- first page: campaign, campaignTier
/* campaigns.page */ select "campaign_id", max("performance_tier")
  from "marketing"."campaign_performance"
  where "campaign_id" is not null
  group by "campaign_id"
  order by "campaign_id" asc
  limit $1::bigint;

-- after a campaign: campaign, campaignTier
/* campaigns.page */ select "campaign_id", max("performance_tier")
  from "marketing"."campaign_performance"
  where "campaign_id" is not null
  and "campaign_id" > $1::text
  group by "campaign_id"
  order by "campaign_id" asc
  limit $2::bigint;

-- before a campaign, with every filter: campaign, campaignTier
/* campaigns.page */ select "campaign_id", max("performance_tier")
  from "marketing"."campaign_performance"
  where "campaign_id" is not null
  and strpos(lower("campaign_id"), lower($1::text)) > 0
  and "campaign_id" < $2::text
  group by "campaign_id" having max("performance_tier") = any($3::text[])
  order by "campaign_id" desc
  limit $4::bigint;
