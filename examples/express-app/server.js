// Another app's server: its pages call its own origin, and it forwards what they ask to the API, as its service principal.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import express from 'express'
import { servicePrincipal } from 'lakebase-graphql-sdk'
import { createProxy } from 'lakebase-graphql-sdk/proxy'

const { LAKEBASE_GRAPHQL_URL, DATABRICKS_HOST, DATABRICKS_CLIENT_ID, DATABRICKS_CLIENT_SECRET, PORT } = process.env
const sdk = dirname(createRequire(import.meta.url).resolve('lakebase-graphql-sdk/package.json'))
const { documents } = JSON.parse(readFileSync(join(sdk, 'documents.json'), 'utf8'))

const proxy = createProxy({
  url: LAKEBASE_GRAPHQL_URL ?? '',
  token: servicePrincipal({
    host: DATABRICKS_HOST ?? '',
    clientId: DATABRICKS_CLIENT_ID ?? '',
    clientSecret: DATABRICKS_CLIENT_SECRET ?? '',
  }),
  // All users of this app ask as its service principal: so they may ask what this app asks, and nothing else.
  documents: Object.keys(documents),
})

const app = express()
app.use('/api/graphql', proxy.node)
app.use('/sdk', express.static(join(sdk, 'dist/src')))
app.use(express.static(join(import.meta.dirname, '../browser')))
const server = app.listen(Number(PORT ?? 3000), '127.0.0.1', () => {
  process.stdout.write(`http://localhost:${server.address().port}/\n`)
})
