// A nightly report: asks as a service principal, walks all pages, and needs no more than Node 20.
import { createClient, LakebaseError, servicePrincipal } from 'lakebase-graphql-sdk'

const { LAKEBASE_GRAPHQL_URL, DATABRICKS_HOST, DATABRICKS_CLIENT_ID, DATABRICKS_CLIENT_SECRET } = process.env
const lake = createClient({
  url: LAKEBASE_GRAPHQL_URL,
  token: servicePrincipal({
    host: DATABRICKS_HOST ?? '',
    clientId: DATABRICKS_CLIENT_ID ?? '',
    clientSecret: DATABRICKS_CLIENT_SECRET ?? '',
  }),
})

try {
  const { name } = await lake.viewer()
  const fares = new Map()
  for await (const { pickupZip, fare } of lake.trips.pages({ first: 500, filter: { fare: { min: 50 } } })) {
    fares.set(pickupZip, (fares.get(pickupZip) ?? 0) + (fare ?? 0))
  }
  const best = [...fares].sort(([, a], [, b]) => b - a).slice(0, 5)
  process.stdout.write(`For ${name}: where the dear trips begin\n`)
  for (const [zip, sum] of best) process.stdout.write(`${zip}  ${sum.toFixed(2)}\n`)
} catch (error) {
  if (!(error instanceof LakebaseError)) throw error
  process.stderr.write(`${error.code}: ${error.message}${error.requestId ? ` (request ${error.requestId})` : ''}\n`)
  if (error.cause) process.stderr.write(`${error.cause}\n`)
  process.exitCode = 1
}
