import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type OutputChunk, rolldown } from 'rolldown'

/**
 * Writes `dist/`, which is what gets deployed: the app and its doctor with all they import, the files that they read, and
 * a package without dependencies, so that the platform has nothing to install or to build. `--out FOLDER` writes it elsewhere.
 */
const ROOT = import.meta.dirname
const SRC = join(ROOT, 'src')
/** The platform takes no file that is larger: https://docs.databricks.com/aws/en/dev-tools/databricks-apps/deploy */
const MAX_FILE_BYTES = 10 * 1024 * 1024

const began = performance.now()
const { values } = parseArgs({ options: { out: { type: 'string' } } })
const out = resolve(values.out ?? join(ROOT, 'dist'))
clear(out)
const chunks = await bundle(out)
copyAssets(out)
writeFileSync(join(out, 'package.json'), `${JSON.stringify(packageOf(), null, 2)}\n`)
cpSync(join(ROOT, 'app.yaml'), join(out, 'app.yaml'))
writeFileSync(join(out, 'THIRD-PARTY-LICENSES.txt'), licensesOf(chunks))
summarize(out)

/** Empties the folder, if it is one that this has written: `--out` may have been misspelled. */
function clear(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length > 0 && !existsSync(join(folder, 'THIRD-PARTY-LICENSES.txt'))) {
    throw new Error(`${folder} has other files in it than a build’s. Name another folder, or empty it.`)
  }
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
}

/** GraphiQL, which is large, and whatever else is imported when it is needed, become files of their own. */
async function bundle(dir: string): Promise<OutputChunk[]> {
  const bundled = await rolldown({
    cwd: ROOT,
    input: { main: join(SRC, 'main.ts'), doctor: join(SRC, 'doctor.ts') },
    platform: 'node',
    external: ['pg-native'], // asked for only by those who have it
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
    onLog(level, log, handle) {
      // What can't be resolved would be missing on the platform.
      handle(level === 'warn' && log.code === 'UNRESOLVED_IMPORT' ? 'error' : level, log)
    },
  })
  const { output } = await bundled.write({
    dir,
    format: 'esm',
    chunkFileNames: '[name]-[hash].js',
    sourcemap: true,
    // The same wherever it is built: `src/main.ts`, `node_modules/pg/lib/client.js`.
    sourcemapPathTransform: (source, map) => relative(ROOT, resolve(dirname(map), source)),
  })
  return output.filter((file) => file.type === 'chunk')
}

/** What is read at run time beside the code lies as it does in `src/`: migrations, and the parts of GraphiQL’s page. */
function copyAssets(folder: string): void {
  for (const file of readdirSync(SRC, { recursive: true, encoding: 'utf8' })) {
    const from = join(SRC, file)
    if (file.endsWith('.ts') || statSync(from).isDirectory()) continue
    cpSync(from, join(folder, file))
  }
}

function packageOf(): object {
  const { name, version, description, license }: Record<string, unknown> = readJson(join(ROOT, 'package.json'))
  const run = 'node --no-parallel-scavenge --enable-source-maps'
  const scripts = { start: `${run} main.js`, doctor: `${run} doctor.js` }
  return { name, version, private: true, description, license, type: 'module', engines: { node: '>=22.16' }, scripts }
}

/** The licence of every package of which something is in the bundle. */
function licensesOf(chunks: readonly OutputChunk[]): string {
  const folders = new Set(chunks.flatMap(({ modules }) => Object.keys(modules).flatMap(packageFolderOf)))
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license, homepage }: Record<string, unknown> = readJson(join(folder, 'package.json'))
    const files = readdirSync(folder).filter((entry) => /^(licen[cs]e|notice)/i.test(entry))
    if (typeof license !== 'string' && files.length === 0)
      throw new Error(`${String(name)} says nothing of its licence`)
    const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim())
    const text = texts.join('\n\n') || `Its package has no text of it. ${homepage ?? ''}`
    return `${String(name)} ${String(version)}: ${typeof license === 'string' ? license : 'see below'}\n\n${text}`
  })
  const preface =
    'The files in this folder contain code of the packages below. @graphql-yoga/render-graphiql brings a built page with\n' +
    'GraphiQL, Monaco Editor, React and others, all under the MIT licence; their notices are in its text.'
  return `${[preface, ...texts].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}

/** The folder of the package that a module belongs to; none for our own, and what the bundler adds. */
function packageFolderOf(module: string): string[] {
  const [, folder] = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(module.replace(/^\0/, '')) ?? []
  return folder === undefined ? [] : [folder]
}

function summarize(folder: string): void {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => ({ name, size: statSync(join(folder, name)).size, isFile: statSync(join(folder, name)).isFile() }))
    .filter(({ isFile }) => isFile)
  const large = files.filter(({ size }) => size > MAX_FILE_BYTES)
  if (large.length > 0) {
    throw new Error(
      `The platform takes no file over 10 MiB: ${large.map(({ name, size }) => `${name} has ${size}`).join(', ')}`,
    )
  }
  const total = files.reduce((sum, { size }) => sum + size, 0)
  const seconds = ((performance.now() - began) / 1_000).toFixed(1)
  process.stdout.write(`${folder}: ${files.length} files, ${(total / 2 ** 20).toFixed(1)} MiB, in ${seconds} s\n`)
}

function readJson(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(file, 'utf8'))
}
