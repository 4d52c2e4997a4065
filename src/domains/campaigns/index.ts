import type { Domain } from '../domain.ts'
import { CAMPAIGNS_EXAMPLE } from './example.ts'
import { addCampaigns } from './graphql.ts'
import { campaignSamples } from './samples.ts'
import { campaigns as table } from './table.ts'

export const campaigns: Domain = {
  name: 'campaigns',
  tables: [table],
  examples: [CAMPAIGNS_EXAMPLE],
  addTo: addCampaigns,
  samples: campaignSamples,
}
