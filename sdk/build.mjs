// Writes what is published: JavaScript with its types, the schema, and the manifest of the SDK's own documents; here, or into a folder of
// its own: `node build.mjs FOLDER`.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

const here = import.meta.dirname
const folder = resolve(process.argv[2] ?? here)
const dist = join(folder, 'dist')
rmSync(dist, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
const args = [tsc, '-p', join(here, 'tsconfig.build.json'), '--outDir', dist]
const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
if (status !== 0) process.exit(1)
cpSync(join(here, '../schema/schema.graphql'), join(folder, 'schema.graphql'))
cpSync(join(here, '../src/documents/registered/lakebase-graphql-sdk.json'), join(folder, 'documents.json'))
for (const name of ['package.json', 'README.md', 'docs']) {
  if (folder !== here && existsSync(join(here, name))) cpSync(join(here, name), join(folder, name), { recursive: true })
}
