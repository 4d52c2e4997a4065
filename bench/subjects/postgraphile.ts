import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { postgraphile } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafserv } from 'postgraphile/grafserv/node'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { report } from './serve.ts'

const { PGUSER, PGPASSWORD, PGHOST, PGPORT, PGDATABASE } = process.env
const connectionString = `postgres://${PGUSER}:${PGPASSWORD}@${PGHOST}:${PGPORT}/${PGDATABASE}`

const pgl = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ connectionString, schemas: ['taxi', 'marketing'], poolConfig: { max: 10 } })],
  grafserv: { graphiql: false, watch: false },
  grafast: { explain: false },
})
const server = createServer()
server.keepAliveTimeout = 60_000
await pgl.createServ(grafserv).addTo(server)
server.listen(0, '127.0.0.1', () => report((server.address() as AddressInfo).port))
