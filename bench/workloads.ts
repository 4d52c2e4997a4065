/** What is measured: one GraphQL request, or many that differ in their variables. */
export interface Workload {
  readonly name: 'list' | 'point' | 'nested' | 'totals'
  readonly about: string
  readonly query: string
  /** Each subject gets these in the same order. */
  readonly variables: readonly Readonly<Record<string, string>>[]
}

const TRIP = 'tripId pickupAt dropoffAt distance fare pickupZip dropoffZip'
const TRIPS = 21_932
const POINTS = 2_000

/** Ids by a fixed rule that looks random, so that every run asks for the same ones. */
const randomIds = Array.from({ length: POINTS }, (_, index) => String(1 + ((index * 7_919 + 104_729) % TRIPS)))

export const WORKLOADS: readonly Workload[] = [
  {
    name: 'list',
    about: 'the latest 100 trips',
    query: `{ trips(first: 100) { nodes { ${TRIP} } } }`,
    variables: [{}],
  },
  {
    name: 'point',
    about: 'one trip by random id',
    query: `query ($id: ID!) { trip(id: $id) { ${TRIP} } }`,
    variables: randomIds.map((id) => ({ id })),
  },
  {
    name: 'nested',
    about: '20 campaigns with 30 rows of performance each',
    query:
      '{ campaigns(first: 20) { nodes { name tier performance(first: 30) { nodes { weekStart publisher region impressions clicks costPerClick } } } } }',
    variables: [{}],
  },
  {
    name: 'totals',
    about: 'totals of 50,000 rows by three dimensions',
    query:
      '{ campaignTotals(groupBy: [PUBLISHER, REGION, DEVICE_TYPE]) { publisher region deviceType impressions clicks cost revenue clickThroughRate returnOnAdSpend } }',
    variables: [{}],
  },
]

/**
 * PostGraphile makes its names from the tables; aliases give its answers the form of everybody's. It has no sums that are
 * rounded row by row, so totals are missing.
 */
export const POSTGRAPHILE_QUERIES: Readonly<Partial<Record<Workload['name'], string>>> = {
  list: `{ trips: allTripsSynceds(first: 100, orderBy: [TPEP_PICKUP_DATETIME_DESC, ROW_ID_DESC]) { nodes { ${trip()} } } }`,
  point: `query ($id: BigInt!) { trip: tripsSyncedByRowId(rowId: $id) { ${trip()} } }`,
  nested: `{ campaigns: allMarketingCampaigns(first: 20, orderBy: CAMPAIGN_ID_ASC) { nodes { name: campaignId tier
    performance: marketingCampaignPerformancesByCampaignId(first: 30, orderBy: [WEEK_START_DESC, ROW_NUMBER_DESC]) { nodes {
      weekStart publisher region impressions clicks costPerClick: cpc } } } } }`,
}

function trip(): string {
  return 'tripId: rowId pickupAt: tpepPickupDatetime dropoffAt: tpepDropoffDatetime distance: tripDistance fare: fareAmount pickupZip dropoffZip'
}

/** An answer without what subjects may write in different ways: moments, and zip codes with or without zeros. */
export function normalised(body: string): unknown {
  return JSON.parse(body, (key, value: unknown) => {
    if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)) return new Date(value).toISOString()
    if (/Zip$/.test(key) && value !== null) return String(value).padStart(5, '0')
    // The rate of sums is a float: the last digit depends on who divides.
    if (/Rate$|AdSpend$|PerClick$/.test(key) && typeof value === 'number') return value.toPrecision(10)
    return value
  })
}
