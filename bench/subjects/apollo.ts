import { ApolloServer, HeaderMap } from '@apollo/server'
import { ApolloServerPluginCacheControl } from '@apollo/server/plugin/cacheControl'
import responseCache from '@apollo/server-plugin-response-cache'
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache'
import { createContext, schema } from './pothos-schema.ts'
import { serve } from './serve.ts'

/** `process.argv`: `cache`, or nothing. */
const [, , extra] = process.argv

const server = new ApolloServer({
  schema,
  cache: new InMemoryLRUCache(),
  plugins: extra === 'cache' ? [ApolloServerPluginCacheControl({ defaultMaxAge: 60 }), responseCache()] : [],
})
await server.start()

serve((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', async () => {
    const headers = new HeaderMap()
    for (const [name, value] of Object.entries(request.headers)) if (typeof value === 'string') headers.set(name, value)
    const answer = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: 'POST',
        headers,
        search: '',
        body: JSON.parse(Buffer.concat(chunks).toString()),
      },
      context: async () => createContext(),
    })
    const body = answer.body.kind === 'complete' ? answer.body.string : ''
    response.writeHead(answer.status ?? 200, Object.fromEntries(answer.headers)).end(body)
  })
})
