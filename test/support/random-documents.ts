import {
  type GraphQLArgument,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql'
import { createRandom, type Random } from '../../local/lakehouse/random.ts'

/** What an argument may be in a random document, right or wrong, by its name. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  first: ['0', '1', '2', '3', '-1', '501', '$count'],
  last: ['1', '2'],
  after: ['"x"', 'null'],
  before: ['null'],
  id: ['"1"', '"7"', '"cmp_1"', '"cmp_0"', '""', '$id', '"VHJpcDo5"', '"Q2FtcGFpZ246Y21wXzM"', '"U3BhY2VzaGlwOjE"'],
  ids: ['[]', '["VHJpcDo5", "Q2FtcGFpZ25QZXJmb3JtYW5jZTo1", "VHJpcDow"]'],
  weeks: ['0', '2', '-1'],
  groupBy: ['PUBLISHER', '[TIER, REGION]', '[]', 'null'],
}
const MAX_DEPTH = 5
const OF_ANY_TYPE =
  '{ __typename id ... on Trip { fare tripId } ... on Campaign { name totals { cost } } ... on CampaignPerformance { clicks } }'

/** Variables that every random document declares and is sent with. */
export const VARIABLES = { count: 2, id: '3', yes: true, no: false }

/** Documents that are valid, but for their arguments' values: aliases, fragments, directives, `__typename`, all depths. */
export function* randomDocuments(schema: GraphQLSchema, seed: number, count: number): Generator<string> {
  const query = schema.getQueryType()
  if (!query) throw new Error('the schema has no queries')
  for (let index = 0; index < count; index++) {
    const random = createRandom(seed + index)
    const fragments: string[] = []
    const selection = randomSelection(query, 0, random, fragments)
    const head = 'query ($count: Int!, $id: ID!, $yes: Boolean!, $no: Boolean!)'
    // All variables are used, since a document that declares more isn't valid.
    const use =
      'uses: trip(id: $id) { tripId @include(if: $yes) @skip(if: $no) } all: trips(first: $count) { __typename }'
    yield `${head} { ${use} ${selection} } ${fragments.join(' ')}`
  }
}

/** What is asked of an object, in random words; appends to `fragments`, which the document must define. */
export function randomSelection(type: GraphQLObjectType, depth: number, random: Random, fragments: string[]): string {
  const fields = Object.values(type.getFields())
  const wanted = 1 + Math.floor(random.next() * 4)
  const parts = Array.from({ length: wanted }, () => {
    const field = pick(fields, random)
    const inner = getNamedType(field.type)
    const alias = `a${Math.floor(random.next() * 1e6)}: `
    const directive =
      random.next() < 0.1 ? pick([' @skip(if: $no)', ' @include(if: $no)', ' @include(if: $yes)'], random) : ''
    if (isLeafType(inner)) return `${alias}${field.name}${directive}`
    if (depth >= MAX_DEPTH) return '__typename'
    if (!isObjectType(inner)) return `${alias}${field.name}${argumentsOf(field.args, random)} ${OF_ANY_TYPE}`
    return `${alias}${field.name}${argumentsOf(field.args, random)}${directive} { ${randomSelection(inner, depth + 1, random, fragments)} }`
  })
  const text = parts.join(' ')
  if (depth === 0 || random.next() < 0.8) return text
  if (random.next() < 0.5) return `... on ${type.name} { ${text} } __typename`
  const name = `F${fragments.length}_${Math.floor(random.next() * 1e6)}`
  fragments.push(`fragment ${name} on ${type.name} { ${text} }`)
  return `...${name} ...${name}`
}

function argumentsOf(args: readonly GraphQLArgument[], random: Random): string {
  const given = args.flatMap((arg) => {
    const values = VALUES[arg.name]
    if (!values || (!isRequiredArgument(arg) && random.next() < 0.6)) return []
    return [`${arg.name}: ${pick(values, random)}`]
  })
  // A page without a size would have the default size, at each level.
  if (args.some(({ name }) => name === 'first') && !given.some((arg) => /^(first|last):/.test(arg)))
    given.push('first: 2')
  return given.length === 0 ? '' : `(${given.join(', ')})`
}

function pick<Value>(values: readonly Value[], random: Random): Value {
  const value = values[Math.floor(random.next() * values.length)]
  if (value === undefined) throw new Error('a pick from an empty list')
  return value
}
