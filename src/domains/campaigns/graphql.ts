import type { Builder } from '../../graphql/index.ts'
import { addCampaignQueries, addCampaignType } from './campaign-graphql.ts'
import { addPerformanceFilter } from './filter.ts'
import { addPerformanceType } from './performance-graphql.ts'
import { addPerformanceLists } from './performance-pages.ts'
import { createRefs } from './refs.ts'
import { addTotalsOfCampaign, addTotalsQuery } from './totals-graphql.ts'
import { addTotalsType } from './totals-type.ts'

/** Adds campaigns to the schema: `campaign`, `campaigns`, `campaignPerformance`, `campaignTotals` and their types. */
export function addCampaigns(builder: Builder): void {
  const refs = createRefs(builder)
  const filter = addPerformanceFilter(builder)
  addCampaignType(builder, refs)
  addPerformanceType(builder, refs)
  addTotalsType(refs)
  addPerformanceLists(builder, refs, filter)
  addTotalsOfCampaign(builder, refs)
  addCampaignQueries(builder, refs)
  addTotalsQuery(builder, refs, filter)
}
