import { type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql'

/** A reason, and the day until which it stays: `Use fare. (until 2027-06-30)`. */
const WITH_DATE = /^\S.*\S \(until \d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\)$/s

interface Deprecable {
  readonly name: string
  readonly deprecationReason?: string | null | undefined
}

/** What is deprecated without saying why, or until when; by name. */
export function vagueDeprecations(schema: GraphQLSchema): readonly string[] {
  const vague = (where: string, { name, deprecationReason: reason }: Deprecable): string[] =>
    reason == null || WITH_DATE.test(reason) ? [] : [`${where}${name}`]
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (isEnumType(type)) return type.getValues().flatMap((value) => vague(`${type.name}.`, value))
    if (isInputObjectType(type)) {
      return Object.values(type.getFields()).flatMap((field) => vague(`${type.name}.`, field))
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return []
    return Object.values(type.getFields()).flatMap((field) => [
      ...vague(`${type.name}.`, field),
      ...field.args.flatMap((argument) => vague(`${type.name}.${field.name}:`, argument)),
    ])
  })
}
