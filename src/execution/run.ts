import { type GraphQLError, type GraphQLResolveInfo, locatedError, responsePathAsArray } from 'graphql'
import type { FieldPlan, QueryPlan, ValuePlan } from './plan.ts'

/** Where a value lies in the answer. */
export type Path = GraphQLResolveInfo['path']

/** One execution of a plan. */
export interface Run {
  readonly plan: QueryPlan
  readonly context: unknown
  readonly rootValue: unknown
  readonly variableValues: { readonly [variable: string]: unknown }
  readonly errors: GraphQLError[]
  /** Where an error has left null: what fails below it later is no longer part of the answer. */
  readonly nulled: Set<Path | undefined>
}

/** Null, if it may be null; else the error is its parent's. */
export function fail(run: Run, field: FieldPlan, { nonNull }: ValuePlan, path: Path, error: unknown): null {
  const located = locatedError(error, field.nodes, responsePathAsArray(path))
  if (nonNull) throw located
  addError(run, located, path)
  return null
}

/** Adds an error that has left null at `path`; undefined is the whole answer. */
export function addError({ errors, nulled }: Run, error: GraphQLError, path: Path | undefined): void {
  if (nulled.has(undefined)) return
  for (let at = path; at; at = at.prev) if (nulled.has(at)) return
  nulled.add(path)
  errors.push(error)
}

export function pathOf(field: FieldPlan, prev: Path | undefined): Path {
  return { prev, key: field.key, typename: field.parent.name }
}

/** What a resolver gets as its fourth argument. */
export function infoOf(run: Run, { field, nodes, parent }: FieldPlan, path: Path): GraphQLResolveInfo {
  const { schema, fragments, operation } = run.plan
  return {
    fieldName: field.name,
    fieldNodes: nodes,
    returnType: field.type,
    parentType: parent,
    path,
    schema,
    fragments,
    rootValue: run.rootValue,
    operation,
    variableValues: run.variableValues,
  }
}
