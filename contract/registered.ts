import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type GraphQLSchema, getOperationAST, parse, validate } from 'graphql'
import { parseManifest } from '../src/documents/index.ts'
import { messageOf } from '../src/kernel/errors.ts'

/** An operation of an app that a schema doesn't answer. */
export interface Broken {
  readonly app: string
  readonly operation: string
  readonly why: string
}

/** Which registered operations don't fit a schema, of how many. @param folders of manifests */
export function brokenBy(
  schema: GraphQLSchema,
  folders: readonly string[],
): { readonly broken: readonly Broken[]; readonly count: number } {
  const registered = manifestsIn(folders).flatMap(({ app, documents }) =>
    Object.values(documents).map((text) => ({ app, text })),
  )
  const broken = registered.flatMap(({ app, text }) => {
    const document = parse(text)
    const operation = getOperationAST(document)?.name?.value ?? text.slice(0, 60)
    const [first] = validate(schema, document)
    return first ? [{ app, operation, why: first.message }] : []
  })
  return { broken, count: registered.length }
}

function manifestsIn(folders: readonly string[]) {
  return folders.flatMap((folder) => {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
    return names.sort().map((name) => {
      try {
        return parseManifest(readFileSync(join(folder, name), 'utf8'))
      } catch (error) {
        throw new TypeError(`The manifest of documents ${join(folder, name)} ${messageOf(error)}`)
      }
    })
  })
}
