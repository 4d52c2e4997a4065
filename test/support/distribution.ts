import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import { readableFolder, type ServerUser, serverUser } from '../../local/postgres/server-user.ts'
import { type Started, start } from './process.ts'

/** What `npm run build` has written, put where the platform would put it: read-only, with nothing around it. */
export interface Distribution {
  readonly folder: string
  /** Starts it as its app.yaml says, as a user without rights, with nothing in the environment but this. */
  run(environment: Readonly<Record<string, string>>): Started
  /** The same with another of its scripts, or with more before it. */
  runScript(args: readonly string[], environment: Readonly<Record<string, string>>): Started
  remove(): void
}

const ROOT = join(import.meta.dirname, '..', '..')

/** @param added files beside those that are built, by their paths */
export function buildDistribution(added: Readonly<Record<string, string>> = {}): Distribution {
  const outer = mkdtempSync(join(tmpdir(), 'lakebase-graphql-dist-'))
  const folder = join(outer, 'app')
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning']
  execFileSync(process.execPath, [...flags, join(ROOT, 'build.ts'), '--out', folder], { stdio: 'pipe' })
  for (const [name, text] of Object.entries(added)) writeFileSync(join(folder, name), text)
  makeReadOnly(outer)
  const user = serverUser()
  const node = join(readableFolder(dirname(process.execPath), process.version, user), 'node')
  const [, ...command] = commandOf(folder)
  const runScript: Distribution['runScript'] = (args, environment) =>
    start(node, args, { cwd: folder, env: environment, ...unprivileged(user) })
  return {
    folder,
    runScript,
    run: (environment) => runScript(command, environment),
    remove() {
      makeWritable(outer)
      rmSync(outer, { recursive: true, force: true })
    },
  }
}

/** Where we are an ordinary user ourselves, there is nobody to become. */
function unprivileged(user: ServerUser | undefined): Partial<ServerUser> {
  return user ?? {}
}

function commandOf(folder: string): string[] {
  const { command }: { command: string[] } = parse(readFileSync(join(folder, 'app.yaml'), 'utf8'))
  if (command[0] !== 'node') throw new Error(`app.yaml starts ${command[0]}, not node`)
  return command
}

function makeReadOnly(folder: string): void {
  forEachIn(folder, (path, isFolder) => chmodSync(path, isFolder ? 0o555 : 0o444))
}

function makeWritable(folder: string): void {
  forEachIn(folder, (path, isFolder) => isFolder && chmodSync(path, 0o755))
}

function forEachIn(folder: string, change: (path: string, isFolder: boolean) => void): void {
  change(folder, true)
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) forEachIn(path, change)
    else change(path, false)
  }
}
