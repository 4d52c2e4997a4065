-- by names: campaign, campaignTier
/* campaigns.byNames */ select "campaign_id", max("performance_tier")
  from "marketing"."campaign_performance"
  where "campaign_id" = any($1::text[])
  group by "campaign_id";
