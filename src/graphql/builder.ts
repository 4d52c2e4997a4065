import { type BareBuilder, createBareBuilder } from './bare-builder.ts'
import { addMutationErrors } from './mutation-errors.ts'

/** A schema under construction: every domain adds its types, queries and edges to it. */
export type Builder = ReturnType<typeof createBuilder>

/** An empty schema with the parts that all domains share. */
export function createBuilder() {
  const nodeTypes = new Set<string>()
  const builder = createBareBuilder(nodeTypes)
  builder.queryType({ description: 'Everything that can be read.' })
  builder.mutationType({
    description:
      'Everything that can be changed. Each field is a transaction of its own, done one after the other; a request with an `Idempotency-Key` can be sent again.',
  })
  return Object.assign(builder, {
    refs: { ...sharedTypes(builder), mutationError: addMutationErrors(builder) },
    nodeTypes,
  })
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
