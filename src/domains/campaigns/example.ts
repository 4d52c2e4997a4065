/** The first thing that somebody sees of campaigns. */
export const CAMPAIGNS_EXAMPLE = `# What each publisher brought in, and campaigns with their best weeks.
query CampaignPerformance {
  campaignTotals(groupBy: PUBLISHER, orderBy: { field: RETURN_ON_AD_SPEND }) {
    publisher
    cost
    revenue
    returnOnAdSpend
  }
  campaigns(first: 3, filter: { tier: "High" }) {
    nodes {
      name
      totals {
        clicks
        clickThroughRate
        cost
      }
      trend(weeks: 4) {
        weekStart
        revenue
      }
      performance(first: 2, orderBy: { field: REVENUE }) {
        nodes {
          weekStart
          publisher
          region
          revenue
        }
      }
    }
  }
}
`
