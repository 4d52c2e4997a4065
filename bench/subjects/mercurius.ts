import Fastify from 'fastify'
import mercurius from 'mercurius'
import cache from 'mercurius-cache'
import { createContext, schema } from './pothos-schema.ts'
import { report } from './serve.ts'

/** `process.argv`: `cache`, or nothing. */
const [, , extra] = process.argv

const app = Fastify()
await app.register(mercurius, { schema, context: createContext, jit: 1, path: '/graphql' })
if (extra === 'cache') await app.register(cache.default, { ttl: 60, all: true })
await app.listen({ host: '127.0.0.1', port: 0 })
const [address] = app.addresses()
if (address && typeof address === 'object') report(address.port)
