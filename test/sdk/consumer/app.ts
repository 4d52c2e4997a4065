// An app of somebody else's: it has the packed SDK, and nothing of ours beside it.
import {
  type Client,
  type ClientOptions,
  createClient,
  LakebaseError,
  type ResultOf,
  servicePrincipal,
} from 'lakebase-graphql-sdk'
import { createProxy } from 'lakebase-graphql-sdk/proxy'
import { graphql, type operations } from './graphql/index.js'

const OWN = graphql(`query dearest($first: Int!) { trips(first: $first, orderBy: { field: FARE }) { nodes { fare } } }`)

/** The four calls of the README, and one that fails. */
export async function calls(
  options: ClientOptions,
  dates: { readonly startDate: string; readonly endDate: string },
): Promise<object> {
  const lake: Client = createClient(options)
  const page = await lake.trips({ first: 50, filter: { pickupZip: '10001' } })
  let walked = 0
  for await (const trip of lake.trips.pages({ first: 500, filter: { pickupZip: '10001' } }))
    if (trip.fare !== null) walked++
  const created = await lake.createHolidayRequest(dates)
  if (created.__typename !== 'HolidayRequest') throw new Error(created.message)
  const approved = await lake.approveHolidayRequest({ id: created.id, version: created.version ?? 0 })
  const said: string = approved.__typename === 'HolidayRequest' ? (approved.status ?? '') : approved.code
  const mine: ResultOf<typeof operations.dearest> = await lake.query(OWN, { first: 2 })
  const error: unknown = await lake.trips({ first: 100_000 }).catch((thrown: unknown) => thrown)
  const code = error instanceof LakebaseError ? error.code : 'none'
  return { first: page.nodes.length, walked, said, mine: mine.trips.nodes.length, code }
}

/** What must not compile. */
export async function wrong(lake: Client): Promise<void> {
  // @ts-expect-error: there is no such argument
  await lake.trips({ fist: 1 })
  // @ts-expect-error: an id must be given
  await lake.trip()
  // @ts-expect-error: a number is no id
  await lake.trip({ id: 7 })
  // @ts-expect-error: it may be null
  ;(await lake.trip({ id: 'x' })).fare
  // @ts-expect-error: fare was not asked for
  ;(await lake.viewer()).fare
  // @ts-expect-error: one thing has no pages
  lake.trip.pages({ id: 'x' })
  // @ts-expect-error: a mutation has no pages
  lake.approveHolidayRequest.pages()
  // @ts-expect-error: a walk goes forward only
  lake.trips.pages({ last: 5 })
  const result = await lake.approveHolidayRequest({ id: 'x', version: 1 })
  // @ts-expect-error: it may have been refused
  result.status
  if (result.__typename === 'HolidayRequest') {
    // @ts-expect-error: only what was refused has a message
    result.message
  }
  // @ts-expect-error: what is given is not to be changed
  ;(await lake.trips()).nodes.push()
  // @ts-expect-error: first must be given
  await lake.query(OWN)
  // @ts-expect-error: a query is no mutation
  await lake.mutate(OWN, { first: 1 })
  const unseen = 'query unseen { viewer { id } }'
  // @ts-expect-error: it has not been seen by lakebase-documents
  graphql(unseen)
  // @ts-expect-error: an order needs its field
  await lake.trips({ orderBy: {} })
  // @ts-expect-error: whose requests are they to be?
  createProxy({ url: 'https://example.com' })
  // @ts-expect-error: without its secret there is no token
  servicePrincipal({ host: 'https://example.com', clientId: 'x' })
}
