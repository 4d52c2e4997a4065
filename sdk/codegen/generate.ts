import { readFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { codegen } from '@graphql-codegen/core'
import * as typescriptOperations from '@graphql-codegen/typescript-operations'
import { CodeFileLoader } from '@graphql-tools/code-file-loader'
import { GraphQLFileLoader } from '@graphql-tools/graphql-file-loader'
import { buildSchema, type DocumentNode, Kind, parse, visit } from 'graphql'
import { DocumentsError, type Operation, operationsIn, type Source } from './operations.ts'

export interface GenerateOptions {
  /** The schema's text. */
  readonly schema: string
  /** Globs of files of GraphQL, or of TypeScript and JavaScript with `graphql(…)` in them. */
  readonly documents: readonly string[]
  /** Where the globs begin. */
  readonly cwd: string
  /** Whose they are, in the manifest. */
  readonly app: string
  /** What the module imports the type `Document` from. */
  readonly sdk: string
}

export interface Generated {
  /** A module of TypeScript: types of results and variables, `operations` by name, and `graphql()` for texts in the sources. */
  readonly module: string
  /** To be registered with the server: JSON. */
  readonly manifest: string
  readonly operations: readonly Operation[]
}

const GRAPHQL_FILE = /\.(graphql|gql)$/
/** Texts as they stand in the code: they are what is looked up by. */
const PLUCK = { skipIndent: true, globalGqlIdentifierName: ['graphql'] }
/** As the server takes it. */
const APP = /^[\w@./-]{1,100}$/
/** The API's own types, as JSON has them. */
const SCALARS = {
  Date: 'string',
  DateTime: 'string',
  Decimal: 'string',
  JSON: 'unknown',
  SafeInt: 'number',
  ID: 'string',
}

/**
 * Checks documents against the schema, and makes what an app needs of them.
 * @throws DocumentsError
 */
export async function generate({ schema: text, documents, cwd, app, sdk }: GenerateOptions): Promise<Generated> {
  if (!APP.test(app)) throw new DocumentsError(`--app must be 1 to 100 letters, digits and ._-@/; it is ${app}`)
  const sources = await load(documents, cwd)
  const operations = operationsIn(sources, buildSchema(text))
  const types = await codegen({
    filename: 'operations.ts',
    schema: parse(text),
    documents: sources.map(({ location, document }) => ({ location, document: withTypeNames(document) })),
    config: {
      useTypeImports: true,
      enumType: 'string-literal',
      skipTypename: true,
      strictScalars: true,
      scalars: SCALARS,
      namingConvention: 'keep',
    },
    plugins: [{ operations: { immutableTypes: true } }],
    pluginMap: { operations: typescriptOperations },
  })
  const known = Object.fromEntries(operations.map((operation) => [operation.id, operation.text]))
  return {
    operations,
    module: [
      '// Made by lakebase-documents. Change the documents, and make it anew.',
      `import type { Document } from '${sdk}'`,
      types.trim(),
      toConstants(operations),
      ...toFunction(sources),
    ].join('\n\n'),
    manifest: `${JSON.stringify({ app, documents: known }, null, 2)}\n`,
  }
}

/** Of an operation called so. */
const typeNameOf = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)

/** For types alone: what is sent keeps its names. */
function withTypeNames(document: DocumentNode): DocumentNode {
  return visit(document, {
    OperationDefinition: ({ name, ...rest }) => ({ ...rest, name: name && { ...name, value: typeNameOf(name.value) } }),
  })
}

/** File by file: loaded together, those that can't be read would be left out without a word. */
async function load(globs: readonly string[], cwd: string): Promise<readonly Source[]> {
  const [code, graphql] = [new CodeFileLoader({ noRequire: true, pluckConfig: PLUCK }), new GraphQLFileLoader()]
  const found = await Promise.all(globs.map((glob) => code.resolveGlobs(glob, { cwd })))
  const files = [...new Set(found.flat().map((file) => relative(cwd, resolve(cwd, file))))].sort()
  if (files.length === 0) throw new DocumentsError(`No file matches ${globs.join(' or ')}.`)
  const problems: string[] = []
  const sources: Source[] = []
  for (const file of files) {
    const loader = GRAPHQL_FILE.test(file) ? graphql : code
    try {
      const loaded = await loader.load(file, { cwd, noLocation: false })
      for (const { document, rawSDL = '' } of loaded ?? []) {
        if (document) sources.push({ document, location: file, text: rawSDL })
      }
    } catch (error) {
      problems.push(`${file}: ${sentenceOf(error)}`)
    }
    const quoted = !GRAPHQL_FILE.test(file) && /\bgraphql\(\s*['"]/.test(readFileSync(resolve(cwd, file), 'utf8'))
    if (quoted) problems.push(`${file}: graphql() takes a text between backticks.`)
  }
  if (sources.length === 0)
    problems.push(`There is no document in ${globs.join(' or ')}: graphql(\`query Name { … }\`).`)
  if (problems.length > 0) throw new DocumentsError(problems.join('\n'))
  return sources
}

function sentenceOf(error: unknown): string {
  const { message = String(error), locations } = error as { message?: string; locations?: readonly { line: number }[] }
  const [at] = locations ?? []
  return `${message.split('\n', 1)[0]}${at ? ` (line ${at.line} of the document)` : ''}`
}

const typeOf = ({ name, kind }: Operation): string => {
  const type = `${typeNameOf(name)}${kind === 'query' ? 'Query' : 'Mutation'}`
  return `Document<${type}, ${type}Variables> & { readonly kind: '${kind}' }`
}

function toConstants(operations: readonly Operation[]): string {
  const constants = operations.map((operation) => {
    const { kind, name, id, text } = operation
    const value = JSON.stringify({ kind, name, id, text }, null, 2).replaceAll('\n', '\n  ')
    return `  ${name}: ${value} as ${typeOf(operation)},`
  })
  return `/** By their names. */\nexport const operations = {\n${constants.join('\n')}\n}`
}

/** `graphql()` for sources that are texts in code; a file of GraphQL is asked for by the name of its operation. */
function toFunction(sources: readonly Source[]): readonly string[] {
  const entries = sources.flatMap(({ location, text, document }) => {
    if (GRAPHQL_FILE.test(location)) return []
    const names = document.definitions.flatMap((each) =>
      each.kind === Kind.OPERATION_DEFINITION ? [each.name?.value] : [],
    )
    if (names.length > 1)
      throw new DocumentsError(`${location}: ${names.join(' and ')} are one text. Give each its own graphql().`)
    return [`  ${JSON.stringify(text)}: ${names[0] === undefined ? 'undefined' : `operations.${names[0]}`},`]
  })
  if (entries.length === 0) return []
  return [
    `const sources = {\n${[...new Set(entries)].join('\n')}\n}`,
    `/** The document that this text is, with its types. Fragments alone give undefined: others use them by name. */
export function graphql<const Text extends keyof typeof sources>(text: Text): (typeof sources)[Text] {
  if (Object.hasOwn(sources, text)) return sources[text]
  throw new Error('lakebase-documents has not seen this text yet. Run it anew, and build.')
}
`,
  ]
}
