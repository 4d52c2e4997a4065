import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { buildSchema, lexicographicSortSchema, printSchema } from 'graphql'
import { generate } from './sdk/codegen/generate.ts'
import { describeExports } from './sdk/reference/exports.ts'
import { describeOperations } from './sdk/reference/operations.ts'
import { createIndexSql, declaredTables, type Statement, upOf } from './src/db/index.ts'
import { createSchema, domains } from './src/domains/index.ts'

/**
 * Writes what is generated: `schema/`, the contract that a reviewer reads first, and of the SDK its operations with their types. With
 * `--check` it writes nothing and fails if anything differs from what is committed.
 */
const ROOT = import.meta.dirname
const FOLDER = 'schema'
const SDK = {
  app: 'lakebase-graphql-sdk',
  module: 'sdk/src/generated/operations.ts',
  version: 'sdk/src/generated/version.ts',
}
const MANIFEST = 'src/documents/registered/lakebase-graphql-sdk.json'
const tables = declaredTables(domains.flatMap((domain) => domain.tables))

async function generateAll(): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  const schema = `${printSchema(lexicographicSortSchema(createSchema(domains)))}\n`
  files.set(`${FOLDER}/schema.graphql`, schema)
  files.set(`${FOLDER}/tables.sql`, printTables())
  for (const domain of domains) {
    const byName = Map.groupBy(Object.entries(domain.samples(tables)), ([, statement]) => statement.name)
    for (const [name, samples] of byName)
      files.set(`${FOLDER}/queries/${name}.sql`, samples.map(printSample).join('\n'))
  }
  const { app } = SDK
  const made = await generate({ schema, app, documents: ['sdk/documents/*.graphql'], cwd: ROOT, sdk: '../document.ts' })
  files.set(SDK.module, made.module)
  files.set(MANIFEST, made.manifest)
  const reference = [describeOperations(made.operations, buildSchema(schema)), describeExports(join(ROOT, 'sdk'))]
  files.set('sdk/docs/api.md', `# API\n\nMade by \`npm run codegen\`.\n\n${reference.join('\n')}`)
  const own = ['test/sdk/*.test.ts', 'test/sdk/own-documents/*.graphql']
  const asApp = await generate({ schema, app: 'test/own', documents: own, cwd: ROOT, sdk: '../../../sdk/src/index.ts' })
  files.set('test/sdk/own-documents/index.ts', asApp.module)
  files.set('test/sdk/own-documents/documents.json', asApp.manifest)
  const { version }: { version: string } = JSON.parse(readFileSync(join(ROOT, 'sdk/package.json'), 'utf8'))
  files.set(SDK.version, `/** What this client calls itself. */\nexport const VERSION = '${app}/${version}'\n`)
  return files
}

function printSample([what, { text, columns }]: [string, Statement]): string {
  const lines = text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ (from (?=")|where |and |order by |group by |limit |union all )/g, '\n  $1')
  return `-- ${what}: ${columns.join(', ')}\n${lines};\n`
}

/** What we expect of Postgres: tables of others as they must be, and our own as our migrations make them. */
function printTables(): string {
  const expected = domains
    .flatMap((domain) => domain.tables)
    .map((definition) => {
      const columns = Object.entries(definition.columns).map(
        ([name, { column, family }]) => `--   ${column}: ${family}; feeds ${name}`,
      )
      const indexes = definition.indexes.map((index) => `${createIndexSql(tables.get(definition), index)};`)
      const title = `-- ${definition.key}: ${definition.origin}, ${definition.schema}.${definition.table}`
      return [title, ...columns, '-- with these indexes, which the app creates if it may:', ...indexes].join('\n')
    })
  const migrations = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.sql'))
    .map((file) => join('src', file))
    .sort((a, b) => basename(a).localeCompare(basename(b)))
  const owned = migrations.map((file) => `-- ${file}\n${upOf(readFileSync(join(ROOT, file), 'utf8'))}`)
  return `${[...expected, ...owned].join('\n\n')}\n`
}

function readCommitted(names: Iterable<string>): Map<string, string> {
  const inFolder = existsSync(join(ROOT, FOLDER))
    ? readdirSync(join(ROOT, FOLDER), { recursive: true, encoding: 'utf8' })
    : []
  const generated = inFolder.filter((name) => /\.(sql|graphql)$/.test(name)).map((name) => join(FOLDER, name))
  const all = new Set([...names, ...generated].filter((name) => existsSync(join(ROOT, name))))
  return new Map([...all].map((name) => [name, readFileSync(join(ROOT, name), 'utf8')]))
}

const wanted = await generateAll()
const committed = readCommitted(wanted.keys())
const differing = [...new Set([...wanted.keys(), ...committed.keys()])].filter(
  (name) => wanted.get(name) !== committed.get(name),
)
if (process.argv.includes('--check')) {
  if (differing.length > 0) {
    process.stderr.write(`Not up to date: ${differing.join(', ')}. Run npm run codegen and look at the diff.\n`)
    process.exitCode = 1
  }
} else {
  rmSync(join(ROOT, FOLDER), { recursive: true, force: true })
  for (const [name, text] of wanted) {
    mkdirSync(dirname(join(ROOT, name)), { recursive: true })
    writeFileSync(join(ROOT, name), text)
  }
  process.stdout.write(`${wanted.size} files, ${differing.length} changed\n`)
}
