import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

/**
 * The rules of docs/architecture.md, as a test. Rows stand in the order of a request's way; each folder of `src/` may
 * import what is listed, and itself. A file lies in `src/` directly if it has no folder.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['app.ts', 'http', 'config', 'domains', 'logging.ts'],
  'doctor.ts': ['app.ts', 'config', 'domains', 'doctor', 'workspace', 'kernel'],
  'app.ts': [
    ...[
      'tiers.ts',
      'metrics.ts',
      'config',
      'http',
      'documents',
      'identity',
      'domains',
      'db',
      'credentials',
      'workspace',
    ],
    'kernel',
  ],
  'tiers.ts': ['config', 'loaders', 'cache', 'changes', 'db', 'kernel'],
  'metrics.ts': ['loaders'],
  config: ['changes', 'db', 'workspace', 'kernel'],
  doctor: ['bundle', 'config', 'db', 'credentials', 'workspace', 'kernel'],
  bundle: ['kernel'],
  'logging.ts': ['db', 'kernel'],
  http: ['documents', 'identity', 'execution', 'graphql', 'loaders', 'cache', 'changes', 'db', 'kernel'],
  domains: ['execution', 'graphql', 'loaders', 'db', 'kernel'],
  graphql: ['execution', 'loaders', 'db', 'kernel'],
  execution: [],
  loaders: ['identity', 'cache', 'db', 'kernel'],
  changes: ['cache', 'db', 'kernel'],
  cache: ['identity', 'kernel'],
  documents: ['kernel'],
  db: ['identity', 'credentials', 'workspace', 'kernel'],
  identity: ['credentials', 'workspace', 'kernel'],
  credentials: ['workspace', 'kernel'],
  workspace: [],
  kernel: [],
}
/** Folders whose files are entered one by one: they are words, not a machine with a door. */
const NO_DOOR = ['kernel']
const MAX_FILE_LINES = 200
const MAX_TEST_LINES = 300
const MAX_FUNCTION_LINES = 40

const ROOT = join(import.meta.dirname, '..')
const SRC = join(ROOT, 'src')
/** Made by a machine, for whom nothing is too long. */
const GENERATED = /sdk\/src\/generated\/|contract\/released-sdk\/|test\/sdk\/own-documents\//
const files = ['src', 'local', 'test', 'contract', 'sdk/src', 'sdk/codegen', 'sdk/reference'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !GENERATED.test(`${folder}/${file}`))
    .map((file) => join(ROOT, folder, file)),
)
const production = files.filter((file) => !file.endsWith('.test.ts'))
const source = production.filter((file) => file.startsWith(`${SRC}/`))

const nameOf = (file: string): string => relative(ROOT, file)
const folderOf = (file: string): string => relative(SRC, file).split('/')[0] ?? ''

/** Relative imports of a file, types included, as absolute paths. */
function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true)
  return importedFiles
    .map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => join(dirname(file), name))
}

const imports = new Map(production.map((file) => [file, importsOf(file)]))
const edges = source.flatMap((file) => (imports.get(file) ?? []).map((target) => [file, target] as const))

describe('src', () => {
  it('has no folder without a row in the table', () => {
    expect([...new Set(source.map(folderOf))].sort()).toEqual(Object.keys(MAY_IMPORT).sort())
  })

  it('imports only what the table allows', () => {
    const wrong = edges.filter(([file, target]) => {
      const [from, to] = [folderOf(file), folderOf(target)]
      return target.startsWith(`${SRC}/`) && from !== to && !MAY_IMPORT[from]?.includes(to)
    })
    expect(wrong.map(([file, target]) => `${nameOf(file)} must not import ${nameOf(target)}`)).toEqual([])
  })

  it('imports nothing from outside, neither local/ nor test/', () => {
    const wrong = edges.filter(([, target]) => !target.startsWith(`${SRC}/`))
    expect(wrong.map(([file, target]) => `${nameOf(file)} must not import ${nameOf(target)}`)).toEqual([])
  })

  it('enters other folders, and other domains, by their index.ts', () => {
    const houseOf = (file: string): string => {
      const [folder = '', inner = ''] = relative(SRC, file).split('/')
      return folder === 'domains' && !inner.endsWith('.ts') ? `${folder}/${inner}` : folder
    }
    const wrong = edges.filter(([file, target]) => {
      const [from, to] = [houseOf(file), houseOf(target)]
      const within = from === to || from.startsWith(`${to}/`)
      return !within && !to.endsWith('.ts') && !NO_DOOR.includes(to) && !target.endsWith('/index.ts')
    })
    expect(wrong.map(([file, target]) => `${nameOf(file)} must not import ${nameOf(target)}`)).toEqual([])
  })

  it('has SQL only where a viewer is at hand: in db/ and in the queries of domains', () => {
    const sql = /\b(select|insert into|delete from|update)\s+["$\w*]/
    const allowed = /^src\/(db\/|domains\/[^/]+\/[a-z-]*(queries|filter|table)\.ts$)/
    const wrong = source.filter((file) => !allowed.test(nameOf(file)) && sql.test(withoutComments(file)))
    expect(wrong.map(nameOf)).toEqual([])
  })

  it('reads process.env in config.ts alone', () => {
    const wrong = source.filter((file) => /process\.env\b/.test(withoutComments(file)))
    expect(wrong.map(nameOf)).toEqual(['src/config/config.ts'])
  })
})

describe('sdk/src/', () => {
  it('imports nothing but itself: it runs in browsers, and without the server', () => {
    const client = production.filter((file) => file.startsWith(join(ROOT, 'sdk/src/')))
    const wrong = client.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\bfrom '([^']*)'|\bimport\('([^']*)'\)/g)]
        .map(([, from, called]) => from ?? called ?? '')
        .filter(
          (target) => !resolve(dirname(file), target).startsWith(join(ROOT, 'sdk/src/')) || !target.startsWith('.'),
        )
        .map((target) => `${nameOf(file)} must not import ${target}`),
    )
    expect(client.length).toBeGreaterThan(10)
    expect(wrong).toEqual([])
  })
})

describe('everything', () => {
  it('has no import cycles', () => {
    expect(findCycle()).toEqual([])
  })

  it(`has no file over ${MAX_FILE_LINES} lines, and no test over ${MAX_TEST_LINES}`, () => {
    const limitOf = (file: string) => (file.endsWith('.test.ts') ? MAX_TEST_LINES : MAX_FILE_LINES)
    const long = files.filter((file) => readFileSync(file, 'utf8').split('\n').length - 1 > limitOf(file))
    expect(long.map(nameOf)).toEqual([])
  })

  it(`has no function over ${MAX_FUNCTION_LINES} lines`, () => {
    expect(production.flatMap(longFunctions)).toEqual([])
  })
})

function withoutComments(file: string): string {
  return readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
}

/** The files of one cycle, or none. */
function findCycle(): string[] {
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file].map(nameOf)
    if (done.has(file)) return []
    for (const target of imports.get(file) ?? []) {
      const cycle = visit(target, [...path, file])
      if (cycle.length > 0) return cycle
    }
    done.add(file)
    return []
  }
  for (const file of imports.keys()) {
    const cycle = visit(file, [])
    if (cycle.length > 0) return cycle
  }
  return []
}

function longFunctions(file: string): string[] {
  const tree = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const { line: first } = tree.getLineAndCharacterOfPosition(node.getStart())
      const { line: last } = tree.getLineAndCharacterOfPosition(node.end)
      const lines = last - first + 1
      if (lines > MAX_FUNCTION_LINES) found.push(`${nameOf(file)}:${first + 1} has ${lines} lines`)
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}
