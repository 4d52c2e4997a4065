import { type ExecutionResult, GraphQLError, getArgumentValues, getVariableValues } from 'graphql'
import type { FieldPlan, ObjectPlan, QueryPlan, ValuePlan } from './plan.ts'
import { addError, fail, infoOf, type Path, pathOf, type Run } from './run.ts'

/**
 * Executes a plan as graphql-js' `execute` would execute its document: the same resolvers, values, errors and paths.
 * What it saves is looking up, for each value, what is the same for all.
 */
export function executePlan(
  plan: QueryPlan,
  variables: Record<string, unknown> | null | undefined,
  context: unknown,
  rootValue?: unknown,
): ExecutionResult | Promise<ExecutionResult> {
  const { operation, schema } = plan
  const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {}, { maxErrors: 50 })
  if (coerced.errors) return { errors: coerced.errors }
  const run: Run = { plan, context, rootValue, variableValues: coerced.coerced, errors: [], nulled: new Set() }
  try {
    const data = completeObject(run, plan.root, rootValue, undefined)
    if (!isPromise(data)) return toResult(run, data)
    return data.then(
      (settled) => toResult(run, settled),
      (error: GraphQLError) => failedResult(run, error),
    )
  } catch (error) {
    if (error instanceof GraphQLError) return failedResult(run, error)
    throw error
  }
}

type Fields = Record<string, unknown>

const toResult = ({ errors }: Run, data: Fields): ExecutionResult => (errors.length === 0 ? { data } : { errors, data })

/** An error that no field could hold back leaves nothing of the answer. */
function failedResult(run: Run, error: GraphQLError): ExecutionResult {
  addError(run, error, undefined)
  return { errors: run.errors, data: null }
}

function completeObject(run: Run, { fields }: ObjectPlan, source: unknown, path: Path | undefined) {
  const values: Fields = {}
  let pending: string[] | undefined
  try {
    for (const field of fields) {
      const value = field.bare ? completeBare(run, field, source, path) : completeField(run, field, source, path)
      values[field.key] = value
      if (isPromise(value)) {
        pending ??= []
        pending.push(field.key)
      }
    }
  } catch (error) {
    if (!pending) throw error
    // The others may fail too, which somebody has to hear.
    return settle(values, pending).finally(() => {
      throw error
    })
  }
  return pending ? settle(values, pending) : values
}

/** Puts in place what was waited for. */
async function settle(values: Fields, pending: readonly string[]): Promise<Fields> {
  const settled = await Promise.all(pending.map((key) => values[key]))
  for (const [index, key] of pending.entries()) values[key] = settled[index]
  return values
}

const NO_ARGUMENTS = Object.freeze({})

/** A field that has no use for arguments or `info`, which cost more than its value. */
function completeBare(run: Run, field: FieldPlan, source: unknown, parent: Path | undefined): unknown {
  try {
    // The mark says that it isn't looked at.
    const result = field.resolve(source, NO_ARGUMENTS, run.context, undefined as never)
    return complete(run, field, field.value, undefined, result)
  } catch (error) {
    return fail(run, field, field.value, pathOf(field, parent), error)
  }
}

function completeField(run: Run, field: FieldPlan, source: unknown, parent: Path | undefined): unknown {
  const { value } = field
  const path = pathOf(field, parent)
  try {
    const args =
      field.field.args.length === 0 ? NO_ARGUMENTS : getArgumentValues(field.field, field.nodes[0], run.variableValues)
    const result: unknown = field.resolve(source, args, run.context, infoOf(run, field, path))
    const completed = isPromise(result)
      ? result.then((resolved) => complete(run, field, value, path, resolved))
      : complete(run, field, value, path, result)
    return isPromise(completed) ? completed.then(undefined, (error) => fail(run, field, value, path, error)) : completed
  } catch (error) {
    return fail(run, field, value, path, error)
  }
}

/** `path` is needed for lists and objects only. */
function complete(run: Run, field: FieldPlan, value: ValuePlan, path: Path | undefined, result: unknown): unknown {
  if (result instanceof Error) throw result
  if (result === null || result === undefined) {
    if (!value.nonNull) return null
    throw new Error(`Cannot return null for non-nullable field ${field.parent.name}.${field.field.name}.`)
  }
  if (value.kind === 'object') return completeObject(run, value.object, result, path)
  if (value.kind === 'list') return completeList(run, field, value.item, path, result)
  const serialized: unknown = value.leaf.serialize(result)
  if (serialized !== null && serialized !== undefined) return serialized
  throw new Error(`${value.leaf.name} serialized a value of ${field.parent.name}.${field.field.name} to nothing.`)
}

function completeList(run: Run, field: FieldPlan, item: ValuePlan, prev: Path | undefined, result: unknown): unknown {
  if (!isIterable(result)) {
    throw new GraphQLError(
      `Expected Iterable, but did not find one for field "${field.parent.name}.${field.field.name}".`,
    )
  }
  const items: unknown[] = []
  let pending = false
  try {
    for (const each of result) {
      const path: Path = { prev, key: items.length, typename: undefined }
      const completed = completeItem(run, field, item, path, each)
      items.push(completed)
      pending ||= isPromise(completed)
    }
  } catch (error) {
    if (!pending) throw error
    return Promise.all(items).finally(() => {
      throw error
    })
  }
  return pending ? Promise.all(items) : items
}

function completeItem(run: Run, field: FieldPlan, item: ValuePlan, path: Path, result: unknown): unknown {
  try {
    const completed = isPromise(result)
      ? result.then((resolved) => complete(run, field, item, path, resolved))
      : complete(run, field, item, path, result)
    return isPromise(completed) ? completed.then(undefined, (error) => fail(run, field, item, path, error)) : completed
  } catch (error) {
    return fail(run, field, item, path, error)
  }
}

function isPromise<Value>(value: Value | PromiseLike<Value>): value is Promise<Value> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value
}
