#!/usr/bin/env node
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'

/**
 * `lakebase-documents`: checks an app's own documents against the API's schema, and writes a module with their types and a manifest to
 * register them by.
 */
const USAGE = `Use: lakebase-documents --app NAME --documents GLOB [--documents GLOB …] --out FOLDER [--schema FILE] [--check]
  --app        whose documents they are, in the manifest: team/app
  --documents  files of GraphQL, or of TypeScript with graphql(\`…\`) in them; in quotes
  --out        gets index.ts (types, operations, graphql()) and documents.json (the manifest)
  --schema     the schema; by default that of this SDK's version
  --check      writes nothing; fails if what is there is not up to date
`
const NEEDED =
  '@graphql-codegen/core @graphql-codegen/typescript-operations @graphql-tools/code-file-loader @graphql-tools/graphql-file-loader graphql'

async function run(): Promise<number> {
  const { values } = parseArgs({
    options: {
      app: { type: 'string' },
      documents: { type: 'string', multiple: true },
      out: { type: 'string' },
      schema: { type: 'string' },
      check: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  const { app, documents, out, schema, check, help } = values
  if (help) {
    process.stdout.write(USAGE)
    return 0
  }
  if (app === undefined || !documents?.length || out === undefined) return say(USAGE, 2)
  // They are large, and needed here alone: an app that only calls installs none of them.
  const { generate } = await import('./generate.ts')
  const { DocumentsError } = await import('./operations.ts')
  const file = schema ?? createRequire(import.meta.url).resolve('lakebase-graphql-sdk/schema.graphql')
  try {
    const text = readFileSync(file, 'utf8')
    const made = await generate({ schema: text, documents, cwd: process.cwd(), app, sdk: 'lakebase-graphql-sdk' })
    const files = new Map([
      [resolve(out, 'index.ts'), made.module],
      [resolve(out, 'documents.json'), made.manifest],
    ])
    return check ? compare(files) : write(files, made.operations.length)
  } catch (error) {
    if (error instanceof DocumentsError) return say(`${error.message}\n`, 1)
    throw error
  }
}

function write(files: ReadonlyMap<string, string>, count: number): number {
  for (const [file, text] of files) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  process.stdout.write(`${count === 1 ? '1 document' : `${count} documents`}: ${[...files.keys()].join(', ')}\n`)
  return 0
}

function compare(files: ReadonlyMap<string, string>): number {
  const stale = [...files].filter(([file, text]) => text !== contentOf(file)).map(([file]) => file)
  return stale.length === 0
    ? 0
    : say(`Not up to date: ${stale.join(', ')}. Run lakebase-documents without --check.\n`, 1)
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function say(text: string, code: number): number {
  process.stderr.write(text)
  return code
}

run().then(
  (code) => {
    process.exitCode = code
  },
  (error: NodeJS.ErrnoException) => {
    const { code, message } = error
    process.exitCode = 2
    if (code === 'ERR_MODULE_NOT_FOUND')
      say(`${message.split('\n', 1)[0]}\nIt needs: npm install --save-dev ${NEEDED}\n`, 2)
    else if (code?.startsWith('ERR_PARSE_ARGS') || code === 'ENOENT') say(`${message}\n${USAGE}`, 2)
    else throw error
  },
)
