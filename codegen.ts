import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { createIndexSql, declaredTables, type Statement, upOf } from './src/db/index.ts'
import { createSchema, domains } from './src/domains/index.ts'

/**
 * Writes what is generated: `schema/`, the contract that a reviewer reads first. With `--check` it writes nothing and
 * fails if anything differs from what is committed.
 */
const ROOT = import.meta.dirname
const FOLDER = join(ROOT, 'schema')
const tables = declaredTables(domains.flatMap((domain) => domain.tables))

function generate(): Map<string, string> {
  const files = new Map<string, string>()
  files.set('schema.graphql', `${printSchema(lexicographicSortSchema(createSchema(domains)))}\n`)
  files.set('tables.sql', printTables())
  for (const domain of domains) {
    const byName = Map.groupBy(Object.entries(domain.samples(tables)), ([, statement]) => statement.name)
    for (const [name, samples] of byName) files.set(`queries/${name}.sql`, samples.map(printSample).join('\n'))
  }
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

function readCommitted(): Map<string, string> {
  if (!existsSync(FOLDER)) return new Map()
  const names = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(sql|graphql)$/.test(name),
  )
  return new Map(names.map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')]))
}

const wanted = generate()
const committed = readCommitted()
const differing = [...new Set([...wanted.keys(), ...committed.keys()])].filter(
  (name) => wanted.get(name) !== committed.get(name),
)
if (process.argv.includes('--check')) {
  if (differing.length > 0) {
    process.stderr.write(
      `schema/ is not up to date: ${differing.join(', ')}. Run npm run codegen and look at the diff.\n`,
    )
    process.exitCode = 1
  }
} else {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(join(FOLDER, 'queries'), { recursive: true })
  for (const [name, text] of wanted) writeFileSync(join(FOLDER, name), text)
  process.stdout.write(`schema/: ${wanted.size} files, ${differing.length} changed\n`)
}
