import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const require = createRequire(import.meta.url)

/** An empty project into which the packed SDK was installed, with an app of its own, compiled. */
export interface Consumer {
  readonly folder: string
  /** The package, as others get it. */
  readonly installed: string
  remove(): void
}

/** @throws Error with what a command has said, if one fails */
export function createConsumer(): Consumer {
  const folder = mkdtempSync(join(tmpdir(), 'lakebase-graphql-consumer-'))
  const built = join(folder, 'built')
  run(process.execPath, ['build.mjs', built], join(ROOT, 'sdk'))
  run('npm', ['pack', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder], built)
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? ''
  cpSync(join(ROOT, 'test/sdk/consumer'), folder, { recursive: true })
  write(folder, 'package.json', { name: 'consumer', private: true, type: 'module' })
  const offline = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  run('npm', ['install', ...offline, `./${tarball}`], folder)
  const installed = join(folder, 'node_modules/lakebase-graphql-sdk')
  makeDocuments(folder, installed)
  const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false }
  const modules = { module: 'nodenext', target: 'es2022', lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'] }
  write(folder, 'tsconfig.json', {
    compilerOptions: { ...strict, ...modules, types: [], outDir: 'out' },
    include: ['*.ts'],
  })
  run(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', '.'], folder)
  return { folder, installed, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** As the app's build does, with what it needs for that lying beside it. */
function makeDocuments(folder: string, installed: string): void {
  const command = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')).bin['lakebase-documents']
  const needed = ['@graphql-codegen', '@graphql-tools', 'graphql']
  for (const name of needed) linkModules(name, folder)
  const args = ['--app', 'test/consumer', '--documents', '*.ts', '--out', 'graphql']
  run(process.execPath, [join(installed, command), ...args], folder)
  for (const name of needed) rmSync(join(folder, 'node_modules', name), { recursive: true, force: true })
}

function linkModules(name: string, folder: string): void {
  const to = join(folder, 'node_modules', name)
  mkdirSync(dirname(to), { recursive: true })
  run('ln', ['-s', join(ROOT, 'node_modules', name), to], folder)
}

function write(folder: string, name: string, content: object): void {
  writeFileSync(join(folder, name), JSON.stringify(content))
}

/** Runs a command. @returns what it printed. @throws Error with what it said */
export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8', timeout: 120_000 })
  if (status === 0) return stdout
  throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? ''}\n${stdout}\n${stderr}`)
}
