import {
  type DocumentNode,
  defaultFieldResolver,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLLeafType,
  type GraphQLNamedOutputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  TypeNameMetaFieldDef,
} from 'graphql'

/** A query with everything looked up that is the same whenever it is executed. */
export interface QueryPlan {
  readonly schema: GraphQLSchema
  readonly operation: OperationDefinitionNode
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>
  readonly root: ObjectPlan
  /** How many selections it was made from; it takes some 250 bytes for each. */
  readonly size: number
}

export interface ObjectPlan {
  readonly type: GraphQLObjectType
  readonly fields: readonly FieldPlan[]
}

export interface FieldPlan {
  /** The field's name in the answer. */
  readonly key: string
  readonly nodes: readonly [FieldNode, ...FieldNode[]]
  readonly parent: GraphQLObjectType
  readonly field: GraphQLField<unknown, unknown>
  readonly resolve: GraphQLFieldResolver<unknown, unknown>
  /** The resolver neither waits nor looks at arguments and `info`: see `bare`. */
  readonly bare: boolean
  readonly value: ValuePlan
}

export type ValuePlan = { readonly nonNull: boolean; readonly type: GraphQLOutputType } & (
  | { readonly kind: 'leaf'; readonly leaf: GraphQLLeafType }
  | { readonly kind: 'list'; readonly item: ValuePlan }
  | { readonly kind: 'object'; readonly object: ObjectPlan }
)

const BARE: unique symbol = Symbol('bare')

/** Says of a resolver that it takes a source and a context only, and gives no promise. Lost when something wraps it. */
export function bare<Resolve extends object>(resolve: Resolve): Resolve {
  return Object.assign(resolve, { [BARE]: true })
}

/** Fragments within fragments grow beyond all measure; what is longer than this is left to graphql-js. */
const MAX_SELECTIONS = 1_000

/** Why a document has no plan: no error, but graphql-js's matter. */
class Unplanned extends Error {}

/**
 * The plan of a document that is valid for `schema`; undefined for what graphql-js is left to execute: several operations,
 * directives, interfaces, unions, introspection, mutations.
 */
export function planQuery(schema: GraphQLSchema, document: DocumentNode): QueryPlan | undefined {
  const operations = document.definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION)
  const [operation] = operations
  const type = schema.getQueryType()
  if (!type || !operation || operations.length > 1 || operation.operation !== 'query') return undefined
  const fragments = Object.fromEntries(
    document.definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each]] : [])),
  )
  try {
    const planning: Planning = { schema, fragments, selections: 0 }
    const root = planObject(planning, type, [operation.selectionSet])
    return { schema, operation, fragments, root, size: planning.selections }
  } catch (error) {
    if (error instanceof Unplanned) return undefined
    throw error
  }
}

interface Planning {
  readonly schema: GraphQLSchema
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>
  selections: number
}

function planObject(planning: Planning, type: GraphQLObjectType, sets: readonly SelectionSetNode[]): ObjectPlan {
  if (type.isTypeOf) throw new Unplanned()
  const byKey = new Map<string, [FieldNode, ...FieldNode[]]>()
  const visited = new Set<string>()
  for (const set of sets) collect({ planning, type, byKey, visited }, set)
  return { type, fields: Array.from(byKey, ([key, nodes]) => planField(planning, type, key, nodes)) }
}

interface Collection {
  readonly planning: Planning
  readonly type: GraphQLObjectType
  readonly byKey: Map<string, [FieldNode, ...FieldNode[]]>
  /** Fragments count once in each selection of an object. */
  readonly visited: Set<string>
}

/** CollectFields of the GraphQL specification, 6.3.2, for a type that is known. */
function collect(into: Collection, { selections }: SelectionSetNode): void {
  const { planning, type, byKey, visited } = into
  for (const selection of selections) {
    if (++planning.selections > MAX_SELECTIONS || selection.directives?.length) throw new Unplanned()
    if (selection.kind === Kind.FIELD) {
      const key = (selection.alias ?? selection.name).value
      const known = byKey.get(key)
      if (known) known.push(selection)
      else byKey.set(key, [selection])
      continue
    }
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      if (visited.has(selection.name.value)) continue
      visited.add(selection.name.value)
    }
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? planning.fragments[selection.name.value] : selection
    if (fragment && applies(planning.schema, fragment.typeCondition?.name.value, type)) {
      collect(into, fragment.selectionSet)
    }
  }
}

function applies(schema: GraphQLSchema, condition: string | undefined, type: GraphQLObjectType): boolean {
  if (condition === undefined || condition === type.name) return true
  return type.getInterfaces().some(({ name }) => name === condition) || isInUnion(schema, condition, type)
}

function isInUnion(schema: GraphQLSchema, condition: string, type: GraphQLObjectType): boolean {
  const named = schema.getType(condition)
  return named !== undefined && 'getTypes' in named && named.getTypes().includes(type)
}

function planField(
  planning: Planning,
  parent: GraphQLObjectType,
  key: string,
  nodes: readonly [FieldNode, ...FieldNode[]],
): FieldPlan {
  const name = nodes[0].name.value
  const field = name === '__typename' ? TypeNameMetaFieldDef : parent.getFields()[name]
  // `__proto__` is a key that an object can't be given by writing it.
  if (!field || key === '__proto__') throw new Unplanned()
  const resolve = field.resolve ?? defaultFieldResolver
  const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
  const value = planValue(field.type, (type) => planNamed(planning, type, sets))
  return { key, nodes, parent, field, resolve, bare: BARE in resolve && value.kind === 'leaf', value }
}

type NamedPlan = { readonly kind: 'leaf'; leaf: GraphQLLeafType } | { readonly kind: 'object'; object: ObjectPlan }

function planValue(type: GraphQLOutputType, planInner: (type: GraphQLNamedOutputType) => NamedPlan): ValuePlan {
  const nonNull = isNonNullType(type)
  const nullable = nonNull ? type.ofType : type
  if (isListType(nullable)) return { nonNull, type, kind: 'list', item: planValue(nullable.ofType, planInner) }
  return { nonNull, type, ...planInner(nullable) }
}

function planNamed(planning: Planning, type: GraphQLNamedOutputType, sets: readonly SelectionSetNode[]): NamedPlan {
  if (isLeafType(type)) return { kind: 'leaf', leaf: type }
  if (isObjectType(type)) return { kind: 'object', object: planObject(planning, type, sets) }
  throw new Unplanned()
}
