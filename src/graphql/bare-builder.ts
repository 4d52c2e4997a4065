import SchemaBuilder from '@pothos/core'
import ComplexityPlugin from '@pothos/plugin-complexity'
import ErrorsPlugin from '@pothos/plugin-errors'
import RelayPlugin, { type RelayPluginOptions } from '@pothos/plugin-relay'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
import { AppError, badInput } from '../kernel/errors.ts'
import { isOperator, operatorsOnly } from '../loaders/index.ts'
import type { GraphQLContext } from './context.ts'
import { DateScalar, DateTimeScalar } from './date-time.ts'
import { decodeGlobalId, encodeGlobalId } from './global-ids.ts'
import { MAX_PAGE } from './page.ts'
import { RELAY_DESCRIPTIONS } from './relay.ts'
import { DecimalScalar, JsonScalar, SafeIntScalar } from './scalars.ts'

export interface SchemaTypes {
  Context: GraphQLContext
  DefaultFieldNullability: false
  DefaultEdgesNullability: { list: false; items: false }
  Scalars: {
    ID: { Input: string; Output: string }
    DateTime: { Input: string; Output: string }
    Date: { Input: string; Output: string }
    Decimal: { Input: string; Output: string }
    SafeInt: { Input: string | number; Output: number }
    JSON: { Input: unknown; Output: unknown }
  }
  AuthScopes: { operator: boolean }
}

/** What an operation may cost: about one for each value in its answer at the largest pages asked for. */
export const MAX_COST = 100_000

/** A builder before it has any types of ours but scalars. */
export type BareBuilder = PothosSchemaTypes.SchemaBuilder<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>>

/** A builder with the plugins and scalars that all domains use; ids of nodes must be of one of `nodeTypes`. */
export function createBareBuilder(nodeTypes: ReadonlySet<string>): BareBuilder {
  const builder = new SchemaBuilder<SchemaTypes>({
    plugins: [ScopeAuthPlugin, ErrorsPlugin, RelayPlugin, ComplexityPlugin],
    defaultFieldNullability: false,
    scopeAuth: {
      // Postgres decides; what is said here is said early and clearly, and nothing depends on it.
      authScopes: ({ load }) => ({ operator: () => isOperator(load) }),
      unauthorizedError: operatorsOnly,
    },
    relay: relayOptions(nodeTypes),
    complexity: {
      limit: { complexity: MAX_COST },
      defaultComplexity: 1,
      // A list says itself what it costs: `pageCost` for connections.
      defaultListMultiplier: 1,
      complexityError: (_kind, { complexity }) => tooCostly(complexity),
    },
  })
  addScalars(builder)
  return builder
}

function relayOptions(
  nodeTypes: ReadonlySet<string>,
): RelayPluginOptions<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>> {
  return {
    clientMutationId: 'omit',
    cursorType: 'String',
    ...RELAY_DESCRIPTIONS,
    edgesFieldOptions: { ...RELAY_DESCRIPTIONS.edgesFieldOptions, nullable: { list: false, items: false } },
    nodeQueryOptions: {
      description: 'One thing of any type; null if there is none with this id.',
      args: { id: { description: 'An id as a field `id` gave it.' } },
    },
    encodeGlobalID: (typename, id) => encodeGlobalId(typename, id),
    decodeGlobalID: (globalId) => {
      const decoded = decodeGlobalId(globalId)
      if (!nodeTypes.has(decoded.typename)) throw badInput('id', `id: there is no type ${decoded.typename} of nodes.`)
      return decoded
    },
    nodesQueryOptions: {
      description: `Things of any type, in the order of the ids, at most ${MAX_PAGE}; null where there is none.`,
      args: { ids: { description: 'Ids as fields `id` gave them.' } },
      complexity: ({ ids }) => ({ field: 1, multiplier: ids.length > MAX_PAGE ? MAX_COST : Math.max(ids.length, 1) }),
    },
  }
}

function tooCostly(cost: number): AppError {
  return new AppError(
    'OPERATION_LIMIT_EXCEEDED',
    `This operation may return about ${cost} values; ${MAX_COST} are allowed. Ask for smaller pages.`,
  )
}

function addScalars(builder: BareBuilder): void {
  builder.addScalarType('DateTime', DateTimeScalar)
  builder.addScalarType('Date', DateScalar)
  builder.addScalarType('Decimal', DecimalScalar)
  builder.addScalarType('SafeInt', SafeIntScalar)
  builder.addScalarType('JSON', JsonScalar)
}
