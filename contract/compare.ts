import {
  BreakingChangeType as Breaking,
  DangerousChangeType as Dangerous,
  findBreakingChanges,
  findDangerousChanges,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql'

/** One way in which two schemas differ, for the people whose apps ask the API. */
export interface Difference {
  /** `breaking`: an operation that worked may fail; `risky`: it works, and may be answered with what its app doesn't expect. */
  readonly severity: 'breaking' | 'risky' | 'added'
  readonly what: string
  /** What to do instead, or to tell people. */
  readonly advice?: string
}

const KEEP = 'Keep it, deprecated with a reason and a date, until no registered document asks for it.'
const OPTIONAL = 'Make it optional, with a default that does what was done before.'
const NEW_NAME = 'Add it by another name, and deprecate this one.'
const FALL_BACK = 'Apps that list all of them must have a case for others: say so in the notes of the release.'

const ADVICE: Readonly<Record<string, string>> = {
  [Breaking.TYPE_REMOVED]: KEEP,
  [Breaking.FIELD_REMOVED]: KEEP,
  [Breaking.ARG_REMOVED]: KEEP,
  [Breaking.VALUE_REMOVED_FROM_ENUM]: KEEP,
  [Breaking.TYPE_REMOVED_FROM_UNION]: KEEP,
  [Breaking.IMPLEMENTED_INTERFACE_REMOVED]: KEEP,
  [Breaking.DIRECTIVE_REMOVED]: KEEP,
  [Breaking.DIRECTIVE_ARG_REMOVED]: KEEP,
  [Breaking.DIRECTIVE_LOCATION_REMOVED]: KEEP,
  [Breaking.DIRECTIVE_REPEATABLE_REMOVED]: KEEP,
  [Breaking.REQUIRED_ARG_ADDED]: OPTIONAL,
  [Breaking.REQUIRED_INPUT_FIELD_ADDED]: OPTIONAL,
  [Breaking.REQUIRED_DIRECTIVE_ARG_ADDED]: OPTIONAL,
  [Breaking.FIELD_CHANGED_KIND]: NEW_NAME,
  [Breaking.ARG_CHANGED_KIND]: NEW_NAME,
  [Breaking.TYPE_CHANGED_KIND]: NEW_NAME,
  [Dangerous.VALUE_ADDED_TO_ENUM]: FALL_BACK,
  [Dangerous.TYPE_ADDED_TO_UNION]: FALL_BACK,
  [Dangerous.ARG_DEFAULT_VALUE_CHANGE]: 'Who leaves it out gets something else: say so in the notes of the release.',
}

/** What has changed from one schema to the other, the worst first. */
export function compare(before: GraphQLSchema, now: GraphQLSchema): readonly Difference[] {
  const told = (severity: 'breaking' | 'risky', changes: readonly { type: string; description: string }[]) =>
    changes.map(({ type, description }): Difference => {
      const advice = ADVICE[type]
      return { severity, what: description, ...(advice !== undefined && { advice }) }
    })
  const had = namesOf(before)
  const added = [...namesOf(now)].filter((name) => !had.has(name))
  return [
    ...told('breaking', findBreakingChanges(before, now)),
    ...told('risky', findDangerousChanges(before, now)),
    ...added.map((name): Difference => ({ severity: 'added', what: `${name} was added.` })),
  ]
}

/** Types, and what is in them: `Trip`, `Trip.fare`. */
function namesOf(schema: GraphQLSchema): ReadonlySet<string> {
  const names = new Set<string>()
  for (const type of Object.values(schema.getTypeMap())) {
    names.add(type.name)
    if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) {
      for (const field of Object.keys(type.getFields())) names.add(`${type.name}.${field}`)
    } else if (isEnumType(type)) for (const { name } of type.getValues()) names.add(`${type.name}.${name}`)
  }
  return names
}
