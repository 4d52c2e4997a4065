import {
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  Kind,
  parse,
  print,
  type VariableDefinitionNode,
} from 'graphql'
import type { Operation } from '../codegen/operations.ts'

/** The methods of the client, each with what it takes and gives, in Markdown. */
export function describeOperations(operations: readonly Operation[], schema: GraphQLSchema): string {
  const sections = operations.map((operation) => describe(operation, schema))
  return `## Methods\n\n${sections.join('\n\n')}\n`
}

function describe({ name, kind, text }: Operation, schema: GraphQLSchema): string {
  const [definition] = parse(text).definitions
  const variables = definition?.kind === Kind.OPERATION_DEFINITION ? (definition.variableDefinitions ?? []) : []
  const field = (kind === 'query' ? schema.getQueryType() : schema.getMutationType())?.getFields()[name]
  const needed = variables.some(({ type, defaultValue }) => type.kind === Kind.NON_NULL_TYPE && !defaultValue)
  const pages = variables.some(({ variable }) => variable.name.value === 'after') ? `, \`lake.${name}.pages(…)\`` : ''
  const given = variables.length === 0 ? '' : needed ? 'variables' : 'variables?'
  const rows = variables.map((each) => describeVariable(each, name, kind, schema))
  return [
    `### \`lake.${name}(${given})\`${pages}`,
    `${field?.description ?? ''} Gives \`${String(field?.type)}\`, by a ${kind}.`,
    ...(rows.length === 0 ? [] : [['| variable | type | |', '|---|---|---|', ...rows].join('\n')]),
  ].join('\n\n')
}

function describeVariable(
  { variable, type, defaultValue }: VariableDefinitionNode,
  operation: string,
  kind: Operation['kind'],
  schema: GraphQLSchema,
): string {
  const { value: name } = variable.name
  const args = (kind === 'query' ? schema.getQueryType() : schema.getMutationType())?.getFields()[operation]?.args ?? []
  // A mutation's variables are the fields of its input.
  const inputs = args.map((arg) => getNamedType(arg.type)).filter(isInputObjectType)
  const found =
    args.find((arg) => arg.name === name) ??
    inputs.flatMap((input) => Object.values(input.getFields())).find((each) => each.name === name)
  const standard = defaultValue ? ` = ${print(defaultValue)}` : ''
  return `| \`${name}\` | \`${print(type)}${standard}\` | ${(found?.description ?? '').replaceAll(/\s+/g, ' ').replaceAll('|', '\\|')} |`
}
