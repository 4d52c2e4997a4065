import { createHash } from 'node:crypto'
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  print,
  validate,
  visit,
} from 'graphql'

/** As long as the server lets an operation's text be. */
const MAX_CHARACTERS = 32_768

/** One operation, in the form in which it is sent. */
export interface Operation {
  readonly name: string
  readonly kind: 'query' | 'mutation'
  readonly id: string
  readonly text: string
}

/** A text in an app's sources, or a file of GraphQL. */
export interface Source {
  readonly location: string
  readonly text: string
  readonly document: DocumentNode
}

/** What is wrong with documents, each by a sentence that says where. */
export class DocumentsError extends Error {
  override readonly name = 'DocumentsError'
}

/**
 * What stands for a document on the wire: the SHA-256 of its text in UTF-8, byte for byte as it is sent (GraphQL over HTTP, appendix on
 * persisted documents). The server makes it in the same way.
 */
export function documentIdOf(text: string): string {
  return `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`
}

/**
 * All operations in these sources, each with the fragments that it uses and nothing else: comments and ways of writing make no difference.
 * @throws DocumentsError
 */
export function operationsIn(sources: readonly Source[], schema: GraphQLSchema): readonly Operation[] {
  const definitions = sources.flatMap(({ document, location }) =>
    document.definitions.map((definition) => ({ definition, location })),
  )
  const fragments = new Map<string, FragmentDefinitionNode>()
  const problems: string[] = []
  for (const { definition, location } of definitions) {
    if (definition.kind !== Kind.FRAGMENT_DEFINITION) continue
    const { value } = definition.name
    if (fragments.has(value))
      problems.push(`${location}: there is another fragment ${value}. Give it a name of its own.`)
    fragments.set(value, definition)
  }
  const operations = new Map<string, Operation>()
  for (const { definition, location } of definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    const name = definition.name?.value
    const wrong = wrongWith(definition, fragments, schema)
    // Types of both would have one name.
    if (name !== undefined && hasName(operations, name))
      wrong.push(`there is another operation ${name}. Give it a name of its own, or import the one that is there.`)
    problems.push(...wrong.map((problem) => `${location}: ${problem}`))
    if (name !== undefined) operations.set(name, toOperation(name, definition, fragments))
  }
  if (problems.length > 0) throw new DocumentsError(problems.join('\n'))
  return [...operations.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

const hasName = (operations: ReadonlyMap<string, Operation>, name: string): boolean =>
  [...operations.keys()].some(
    (each) => each.slice(1) === name.slice(1) && each[0]?.toLowerCase() === name[0]?.toLowerCase(),
  )

function wrongWith(
  definition: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  schema: GraphQLSchema,
): string[] {
  if (definition.name === undefined) return ['an operation has no name. Give it one: query Name { … }']
  if (definition.name.value.startsWith('__'))
    return [`${definition.name.value}: names with two underscores are GraphQL’s own.`]
  if (definition.operation === 'subscription')
    return [`${definition.name.value} is a subscription, which isn’t served.`]
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [definition, ...usedBy(definition, fragments)] }
  const { length } = toOperation(definition.name.value, definition, fragments).text
  if (length > MAX_CHARACTERS)
    return [`${definition.name.value} has ${length} characters; ${MAX_CHARACTERS} are allowed.`]
  return validate(schema, document).map(({ message }) => `${definition.name?.value ?? ''}: ${message}`)
}

function toOperation(
  name: string,
  definition: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): Operation {
  const kind = definition.operation === 'mutation' ? 'mutation' : 'query'
  const text = [definition, ...usedBy(definition, fragments)].map((node) => print(node)).join('\n\n')
  return { name, kind, text, id: documentIdOf(text) }
}

/** Sorted by name, so that their order in the sources makes no difference. */
function usedBy(
  definition: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): readonly FragmentDefinitionNode[] {
  const used = new Map<string, FragmentDefinitionNode>()
  const look = (node: OperationDefinitionNode | FragmentDefinitionNode): void => {
    visit(node, {
      FragmentSpread({ name: { value } }) {
        const fragment = fragments.get(value)
        if (!fragment || used.has(value)) return
        used.set(value, fragment)
        look(fragment)
      },
    })
  }
  look(definition)
  return [...used.values()].sort((a, b) => (a.name.value < b.name.value ? -1 : 1))
}
