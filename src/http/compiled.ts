import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isAbstractType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit'

/** Compiling costs some milliseconds: an operation must have come so often that it is likely to come again. */
const COMPILE_AFTER = 3

/** As `execute` of graphql-js. */
export type Execute = (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>

/** What is known of one operation of a document: how often it came, until it is decided how to run it. */
type Plan = { readonly compiled: CompiledQuery } | { readonly times: number } | 'interpreted'

/**
 * Executes as graphql-js does; queries that come again are compiled by graphql-jit, in half the time. Unions and interfaces
 * are left to graphql-js: graphql-jit knows not all ways to tell what type a value has.
 */
export function createExecute(compileAfter = COMPILE_AFTER): Execute {
  // Documents are remembered by their text, for a bounded number of texts; plans go with them.
  const plansOf = new WeakMap<DocumentNode, Map<string, Plan>>()
  return (args) => {
    const { document, operationName, contextValue, rootValue } = args
    const plans = plansOf.get(document) ?? new Map<string, Plan>()
    plansOf.set(document, plans)
    const plan = nextPlan(plans.get(operationName ?? ''), args, compileAfter)
    // A name that the document hasn't is refused each time anew: there is no end of such names.
    if (plan === undefined) return execute(args)
    plans.set(operationName ?? '', plan)
    if (plan === 'interpreted' || !('compiled' in plan)) return execute(args)
    const result = plan.compiled.query(rootValue, contextValue, args.variableValues ?? {})
    return isPromise(result) ? result.then((done) => withPlaces(done, document)) : withPlaces(result, document)
  }
}

function isPromise<Value>(value: Value | Promise<Value>): value is Promise<Value> {
  return value instanceof Promise
}

/** graphql-jit's errors know their lines and columns only; whatever makes errors of errors goes by positions. */
function withPlaces(result: ExecutionResult, { loc }: DocumentNode): ExecutionResult {
  if (!result.errors || !loc) return result
  const { source } = loc
  const starts = [0, ...[...source.body.matchAll(/\r\n|[\n\r]/g)].map((end) => end.index + end[0].length)]
  const errors = result.errors.map(({ message, path, locations = [], originalError }) => {
    const positions = locations.map(({ line, column }) => (starts[line - 1] ?? 0) + column - 1)
    return new GraphQLError(message, { source, positions, path, originalError })
  })
  return { ...result, errors }
}

function nextPlan(plan: Plan | undefined, args: ExecutionArgs, compileAfter: number): Plan | undefined {
  if (plan !== undefined && (plan === 'interpreted' || 'compiled' in plan)) return plan
  const { document, operationName, schema } = args
  const operation = getOperationAST(document, operationName)
  if (!operation) return undefined
  if (operation.operation !== 'query' || needsInterpreter(schema, document)) return 'interpreted'
  const times = (plan?.times ?? 0) + 1
  if (times <= compileAfter) return { times }
  const compiled = compileQuery(schema, document, operationName ?? undefined)
  return isCompiledQuery(compiled) ? { compiled } : 'interpreted'
}

/** Whether the document selects from an interface or a union, or from the schema itself. */
function needsInterpreter(schema: GraphQLSchema, document: DocumentNode): boolean {
  const info = new TypeInfo(schema)
  let met = false
  const look = (): void => {
    const type = getNamedType(info.getType())
    if (type && (isAbstractType(type) || type.name.startsWith('__'))) met = true
  }
  visit(
    document,
    visitWithTypeInfo(info, { [Kind.FIELD]: look, [Kind.INLINE_FRAGMENT]: look, [Kind.FRAGMENT_DEFINITION]: look }),
  )
  return met
}
