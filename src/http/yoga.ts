import { blockFieldSuggestionsPlugin } from '@escape.tech/graphql-armor-block-field-suggestions'
import { type GraphQLSchema, NoSchemaIntrospectionCustomRule } from 'graphql'
import { createYoga, type Plugin } from 'graphql-yoga'
import { LRUCache } from 'lru-cache'
import type { GraphQLContext } from '../graphql/index.ts'
import type { Observe } from '../kernel/observe.ts'
import { LIMITS, limitPlugins } from './limits.ts'
import { maskError } from './masking.ts'

export interface GraphQLOptions {
  readonly schema: GraphQLSchema
  readonly introspection: boolean
  readonly observe: Observe
}

/** GraphQL over HTTP, behind our own server: identity, bodies and paths have been dealt with when it is called. */
export function createGraphQL({ schema, introspection, observe }: GraphQLOptions) {
  return createYoga<GraphQLContext>({
    schema,
    graphqlEndpoint: '*',
    landingPage: false,
    graphiql: false,
    logging: false,
    cors: false,
    multipart: false,
    batching: false,
    // Bodies are read and bounded before: Yoga's own bound costs five sixths of the throughput on Node 22.16.
    maxRequestBodySize: false,
    parserAndValidationCache: { documentCache: rememberedByText(), errorCache: rememberedByText() },
    maskedErrors: false, // by `masking` below, which knows the request
    plugins: [masking(observe), ...limitPlugins(), ...(introspection ? [] : [hidden()])],
  })
}

/** Parsed operations by their text. A parsed one takes some twenty times the memory of its text. */
function rememberedByText<Value extends object>(): LRUCache<string, Value> {
  return new LRUCache({ maxSize: 2_000_000, sizeCalculation: (_value, text) => text.length + 100 })
}

/** Every error on its way out, wherever it came from; of thousands the first ones say enough. */
function masking(observe: Observe): Plugin<object, GraphQLContext> {
  return {
    onResultProcess({ result, setResult, serverContext }) {
      if (Array.isArray(result) || !('errors' in result) || !result.errors) return
      const { requestId } = serverContext
      const report = (error: unknown): void => observe({ event: 'request.failed', requestId, error })
      setResult({
        ...result,
        errors: result.errors.slice(0, LIMITS.errors).map((error) => maskError(error, requestId, report)),
      })
    },
  }
}

/** Without introspection, the schema can't be guessed by "Did you mean" either. */
function hidden(): Plugin {
  return {
    onPluginInit({ addPlugin }) {
      addPlugin(blockFieldSuggestionsPlugin())
    },
    onValidate({ addValidationRule }) {
      addValidationRule(NoSchemaIntrospectionCustomRule)
    },
  }
}
