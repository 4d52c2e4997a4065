import {
  type DefinitionNode,
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  getOperationAST,
} from 'graphql'
import { createYoga, type Plugin, processRegularResult } from 'graphql-yoga'
import { LRUCache } from 'lru-cache'
import type { Documents } from '../documents/index.ts'
import { executePlan, planQuery, type QueryPlan } from '../execution/index.ts'
import type { GraphQLContext } from '../graphql/index.ts'
import type { Observe } from '../kernel/observe.ts'
import { trustedPlugin } from './documents.ts'
import { hidden } from './hidden.ts'
import { checkSize, limitPlugins } from './limits.ts'
import { maskError, masked, reporter } from './masking.ts'
import type { Operate } from './operate.ts'
import type { Operation } from './short-way.ts'

export interface GraphQLOptions {
  readonly schema: GraphQLSchema
  /** Has operations answered such that their answers hold. */
  readonly operate: Operate
  readonly introspection: boolean
  readonly documents: Documents
  readonly observe: Observe
}

/** What answers operations. Identity, bodies and paths have been dealt with when it is called. */
export interface GraphQLEngine {
  /** Any request that GraphQL over HTTP knows. */
  handle(request: GraphQLRequest, context: GraphQLContext): Promise<Response>
  /** One operation. Its errors are fit for a client. */
  run(operation: Operation, context: GraphQLContext, method: 'GET' | 'POST'): Promise<ExecutionResult>
  /** Has several queries answered of one moment, each of which `run` is asked for as a part. */
  together<Result>(context: GraphQLContext, run: () => Promise<Result>): Promise<Result>
  /** A result with errors as `handle` would answer it. */
  respond(result: ExecutionResult, mediaType: string): Response
}

/** A request whose body has been read. */
export interface GraphQLRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | null
  readonly signal: AbortSignal
}

/** GraphQL over HTTP by graphql-yoga, behind our own server. */
export function createGraphQL(options: GraphQLOptions): GraphQLEngine {
  const { observe } = options
  const checked: CheckedQueries = rememberedByText()
  const executeChecked = createExecuteChecked(options, checked)
  const yoga = createYogaServer(options, checked)
  const { fetchAPI } = yoga
  // Hooks look at its method alone.
  const any = {
    POST: new fetchAPI.Request('http://localhost/api/graphql', { method: 'POST' }),
    GET: new fetchAPI.Request('http://localhost/api/graphql'),
  }
  return {
    async handle({ url, body, ...request }, context) {
      // Only the path and query count; the host that the client named is never used.
      return yoga.handleRequest(
        new fetchAPI.Request(`http://localhost${url}`, { ...request, body: body && Uint8Array.from(body) }),
        context,
      )
    },
    async run(operation, context, method) {
      const { requestId } = context
      try {
        const known = executeChecked(operation, context)
        const result = await (known ?? yoga.getResultForParams({ params: operation, request: any[method] }, context))
        if (!result || Symbol.asyncIterator in result) throw new Error('one operation gave no single result')
        return result.errors ? masked(result, requestId, observe) : result
      } catch (error) {
        return { errors: [maskError(error, requestId, reporter(requestId, observe))] }
      }
    },
    together: (context, run) => options.operate('query', context, run),
    respond: (result, mediaType) => processRegularResult(result, fetchAPI, mediaType),
  }
}

/** Queries that Yoga has parsed and found valid and within all limits, by their text. */
type CheckedQueries = LRUCache<string, DocumentNode>

/** What Yoga's way does for a query that it knows: it would only look it up again, in several tables. */
type ExecuteChecked = (
  operation: Operation,
  context: GraphQLContext,
) => ExecutionResult | Promise<ExecutionResult> | undefined

/** Undefined for a query that isn't known, or has no operation of the name that is asked for. */
function createExecuteChecked({ schema, operate }: GraphQLOptions, checked: CheckedQueries): ExecuteChecked {
  const planOf = rememberedPlans(schema)
  return (operation, contextValue) => {
    const { query, variables, operationName } = operation
    const document = checked.get(query)
    const found = document && getOperationAST(document, operationName)
    if (!document || !found) return undefined
    checkSize(operation)
    const plan = planOf(query, document)
    return operate('query', contextValue, () => {
      if (plan?.operation === found) return executePlan(plan, variables, contextValue)
      return execute({ schema, document, contextValue, variableValues: variables, operationName })
    })
  }
}

/** Plans of queries that have come again, some 25 MB of them; what can't have one is remembered too. */
function rememberedPlans(schema: GraphQLSchema): (query: string, document: DocumentNode) => QueryPlan | undefined {
  const plans = new LRUCache<string, { readonly plan: QueryPlan | undefined }>({
    maxSize: 100_000,
    sizeCalculation: ({ plan }) => 10 + (plan?.size ?? 0),
  })
  return (query, document) => {
    const known = plans.get(query)
    if (known) return known.plan
    const plan = planQuery(schema, document)
    plans.set(query, { plan })
    return plan
  }
}

function createYogaServer(options: GraphQLOptions, checked: CheckedQueries) {
  const { schema, introspection, documents, observe } = options
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
    plugins: [
      ...[trustedPlugin(documents), executing(options, checked), masking(observe)],
      ...[...limitPlugins(), ...(introspection ? [] : [hidden()])],
    ],
  })
}

/** By graphql-js; queries that reach it are good, and remembered. */
function executing(
  { operate }: GraphQLOptions,
  checked: CheckedQueries,
): Plugin<{ params?: { query?: string } }, GraphQLContext> {
  return {
    onExecute({ args: { document, operationName, contextValue }, setExecuteFn }) {
      const kind = getOperationAST(document, operationName)?.operation ?? 'query'
      setExecuteFn((args) => operate(kind, args.contextValue, () => execute(args)))
      const { query } = contextValue.params ?? {}
      const isQuery = document.definitions.every(
        (each: DefinitionNode) => !('operation' in each) || each.operation === 'query',
      )
      if (query !== undefined && isQuery) checked.set(query, document)
    },
  }
}

/** Parsed operations by their text. A parsed one takes some hundred times the memory of its text. */
function rememberedByText<Value extends object>(): LRUCache<string, Value> {
  return new LRUCache({ maxSize: 500_000, sizeCalculation: (_value, text) => text.length + 100 })
}

/** Every error on its way out, wherever it came from; of thousands the first ones say enough. */
function masking(observe: Observe): Plugin<object, GraphQLContext> {
  return {
    onResultProcess({ result, setResult, serverContext }) {
      if (Array.isArray(result) || !('errors' in result) || !result.errors) return
      setResult(masked(result, serverContext.requestId, observe))
    },
  }
}
