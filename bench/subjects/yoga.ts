import { useGraphQlJit } from '@envelop/graphql-jit'
import { useResponseCache } from '@graphql-yoga/plugin-response-cache'
import { createYoga } from 'graphql-yoga'
import { createContext, schema } from './pothos-schema.ts'
import { serve } from './serve.ts'

/** `process.argv`: `jit`, `cache`, or nothing. */
const [, , extra] = process.argv

serve(
  createYoga({
    schema,
    context: createContext,
    graphqlEndpoint: '/graphql',
    graphiql: false,
    landingPage: false,
    logging: false,
    // It would read each body a second time.
    maxRequestBodySize: false,
    plugins: [
      ...(extra === 'jit' ? [useGraphQlJit()] : []),
      ...(extra === 'cache' ? [useResponseCache({ session: () => null })] : []),
    ],
  }),
)
