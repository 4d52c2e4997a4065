import type { Row } from '../../db/index.ts'
import type { Builder } from '../../graphql/index.ts'

/** The types that refer to each other, before they have fields. */
export function createRefs(builder: Builder) {
  return {
    campaign: builder.objectRef<Row>('Campaign'),
    performance: builder.objectRef<Row>('CampaignPerformance'),
    totals: builder.objectRef<Row>('CampaignTotals'),
  }
}

export type Refs = ReturnType<typeof createRefs>
