import type { Builder } from './builder.ts'

/** What an enum offers, by the name of each value in the schema. */
type Choices<Value extends string> = Readonly<Record<string, { readonly value: Value; readonly description: string }>>

export interface OrderOptions<Value extends string> {
  /** `Trip`: makes `TripOrder` and `TripOrderField`. */
  readonly name: string
  /** `trips`, for descriptions. */
  readonly things: string
  /** What equal ones are ordered by. */
  readonly tieBreaker: string
  readonly by: Choices<Value>
}

/** Adds the input by which a client orders a connection. */
export function addOrder<const Value extends string>(builder: Builder, options: OrderOptions<Value>) {
  const { name, things, tieBreaker, by } = options
  const field = builder.enumType(`${name}OrderField`, {
    description: `What ${things} can be ordered by. Those that are equal in it are ordered by ${tieBreaker}.`,
    values: by,
  })
  return builder.inputType(`${name}Order`, {
    description: `An order of ${things}.`,
    fields: (t) => ({
      field: t.field({ type: field, required: true, description: 'What to order by.' }),
      direction: t.field({
        type: builder.refs.direction,
        required: true,
        defaultValue: 'desc',
        description: 'Which way to order.',
      }),
    }),
  })
}
