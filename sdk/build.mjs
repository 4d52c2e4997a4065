// Writes what is published beside the sources: JavaScript with its types, the schema, and the manifest of the SDK's own documents.
import { spawnSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
rmSync(join(import.meta.dirname, 'dist'), { recursive: true, force: true })
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
const { status } = spawnSync(process.execPath, [tsc, '-p', join(import.meta.dirname, 'tsconfig.build.json')], {
  stdio: 'inherit',
})
if (status !== 0) process.exit(1)
cpSync(join(root, 'schema/schema.graphql'), join(import.meta.dirname, 'schema.graphql'))
cpSync(join(root, 'src/documents/registered/lakebase-graphql-sdk.json'), join(import.meta.dirname, 'documents.json'))
