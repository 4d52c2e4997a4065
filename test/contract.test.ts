import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
  specifiedDirectives,
} from 'graphql'
import { describe, expect, it } from 'vitest'

const schema = buildSchema(readFileSync(join(import.meta.dirname, '../schema/schema.graphql'), 'utf8'))
const types = Object.values(schema.getTypeMap()).filter(
  (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
)

interface Named {
  /** `Trip.fare`, `Query.trips(filter:)`. */
  readonly where: string
  readonly name: string
  readonly kind: 'type' | 'field' | 'argument' | 'value'
  readonly description: string | null | undefined
}

const argumentsOf = (where: string, args: readonly GraphQLArgument[]): Named[] =>
  args.map(({ name, description }) => ({ where: `${where}(${name}:)`, name, kind: 'argument', description }))

function membersOf(type: GraphQLNamedType): Named[] {
  if (isEnumType(type)) {
    return type
      .getValues()
      .map(({ name, description }) => ({ where: `${type.name}.${name}`, name, kind: 'value', description }))
  }
  if (isInputObjectType(type)) return argumentsOf(type.name, Object.values(type.getFields()).map(toArgument))
  if (!isObjectType(type) && !isInterfaceType(type)) return []
  return Object.values(type.getFields()).flatMap(({ name, description, args }) => [
    { where: `${type.name}.${name}`, name, kind: 'field' as const, description },
    ...argumentsOf(`${type.name}.${name}`, args),
  ])
}

const toArgument = (field: { name: string }): GraphQLArgument => field as GraphQLArgument

const all: readonly Named[] = [
  ...types.map(({ name, description }): Named => ({ where: name, name, kind: 'type', description })),
  ...types.flatMap(membersOf),
]

const FORM = {
  type: /^[A-Z][A-Za-z0-9]*$/,
  field: /^[a-z][A-Za-z0-9]*$/,
  argument: /^[a-z][A-Za-z0-9]*$/,
  value: /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/,
}

describe('the schema', () => {
  it('has no type, field, argument or enum value without a description', () => {
    expect(all.length).toBeGreaterThan(150)
    expect(all.filter(({ description }) => !description?.trim()).map(({ where }) => where)).toEqual([])
  })

  it('has descriptions that are sentences', () => {
    const wrong = all.filter(({ description }) => !/^[A-Z`"“'\d].*[.`]$/s.test(description?.trim() ?? ''))
    expect(wrong.map(({ where, description }) => `${where}: ${description}`)).toEqual([])
  })

  it('names things by the rule of CONTRIBUTING.md', () => {
    expect(all.filter(({ name, kind }) => !FORM[kind].test(name)).map(({ where }) => where)).toEqual([])
    // No abbreviation in capitals (`tripID`), and none of the table's own (`ctr`, `cpc`, `roas`, `tpep`).
    // `JSON` is called so by graphql-scalars.
    const short = all.filter(
      ({ name, kind }) =>
        name !== 'JSON' && kind !== 'value' && /[A-Z]{2}|^(ctr|cpc|roas|cr|tpep|pk)$|^(Ctr|Cpc)/.test(name),
    )
    expect(short.map(({ where }) => where)).toEqual([])
    const inputs = types.filter(isInputObjectType).map(({ name }) => name)
    expect(inputs.filter((name) => !/(Filter|Order|Range|Input)$/.test(name))).toEqual([])
    const enums = types.filter(isEnumType).map(({ name }) => name)
    expect(enums.filter((name) => /Enum$/.test(name))).toEqual([])
  })

  it('pages every list of rows as a Relay connection', () => {
    const connections = types.filter(({ name }) => name.endsWith('Connection'))
    expect(connections.length).toBeGreaterThan(2)
    for (const type of types.filter(isObjectType)) {
      for (const field of Object.values(type.getFields())) {
        if (!/Connection!?$/.test(String(field.type))) continue
        const names = field.args.map(({ name }) => name)
        expect(names, `${type.name}.${field.name}`).toEqual(
          expect.arrayContaining(['first', 'after', 'last', 'before', 'filter', 'orderBy']),
        )
      }
    }
  })

  it('has no directives of its own', () => {
    const standard = specifiedDirectives.map(({ name }) => name)
    expect(schema.getDirectives().filter(({ name }) => !standard.includes(name))).toEqual([])
  })
})
