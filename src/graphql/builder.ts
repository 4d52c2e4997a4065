import SchemaBuilder from '@pothos/core'
import ComplexityPlugin from '@pothos/plugin-complexity'
import RelayPlugin from '@pothos/plugin-relay'
import { AppError, badInput } from '../kernel/errors.ts'
import type { GraphQLContext } from './context.ts'
import { DateScalar, DateTimeScalar } from './date-time.ts'
import { decodeGlobalId, encodeGlobalId } from './global-ids.ts'
import { DecimalScalar, SafeIntScalar } from './numbers.ts'
import { MAX_PAGE } from './page.ts'
import { RELAY_DESCRIPTIONS } from './relay.ts'

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
  }
}

/** What an operation may cost: about one for each value in its answer at the largest pages asked for. */
export const MAX_COST = 100_000

/** A schema under construction: every domain adds its types, queries and edges to it. */
export type Builder = ReturnType<typeof createBuilder>

/** An empty schema with the parts that all domains share. */
export function createBuilder() {
  const nodeTypes = new Set<string>()
  const builder = new SchemaBuilder<SchemaTypes>({
    plugins: [RelayPlugin, ComplexityPlugin],
    defaultFieldNullability: false,
    relay: {
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
    },
    complexity: {
      limit: { complexity: MAX_COST },
      defaultComplexity: 1,
      // A list says itself what it costs: `pageCost` for connections.
      defaultListMultiplier: 1,
      complexityError: (_kind, { complexity }) => tooCostly(complexity),
    },
  })
  addScalars(builder)
  builder.queryType({ description: 'Everything that can be read.' })
  return Object.assign(builder, { refs: sharedTypes(builder), nodeTypes })
}

function tooCostly(cost: number): AppError {
  return new AppError(
    'OPERATION_LIMIT_EXCEEDED',
    `This operation may return about ${cost} values; ${MAX_COST} are allowed. Ask for smaller pages.`,
  )
}

/** A builder before it has anything shared. */
type BareBuilder = PothosSchemaTypes.SchemaBuilder<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>>

function addScalars(builder: BareBuilder): void {
  builder.addScalarType('DateTime', DateTimeScalar)
  builder.addScalarType('Date', DateScalar)
  builder.addScalarType('Decimal', DecimalScalar)
  builder.addScalarType('SafeInt', SafeIntScalar)
}

/** Types that several domains use. */
function sharedTypes(builder: BareBuilder) {
  const direction = builder.enumType('OrderDirection', {
    description: 'Which way to order. NULL counts as larger than every value, as in Postgres.',
    values: {
      ASC: { value: 'asc', description: 'Smallest or oldest first.' },
      DESC: { value: 'desc', description: 'Largest or newest first.' },
    } as const,
  })
  const dateTimeRange = builder.inputType('DateTimeRange', {
    description: 'A span of time. Rows without a moment lie in no span.',
    fields: (t) => ({
      from: t.field({ type: 'DateTime', description: 'The first moment that counts.' }),
      until: t.field({ type: 'DateTime', description: 'The first moment that no longer counts.' }),
    }),
  })
  const dateRange = builder.inputType('DateRange', {
    description: 'A span of days. Rows without a day lie in no span.',
    fields: (t) => ({
      from: t.field({ type: 'Date', description: 'The first day that counts.' }),
      until: t.field({ type: 'Date', description: 'The first day that no longer counts.' }),
    }),
  })
  const floatRange = builder.inputType('FloatRange', {
    description: 'A range of numbers. Rows without a number lie in no range.',
    fields: (t) => ({
      min: t.float({ description: 'The smallest number that counts.' }),
      max: t.float({ description: 'The largest number that counts.' }),
    }),
  })
  return { direction, dateTimeRange, dateRange, floatRange }
}
