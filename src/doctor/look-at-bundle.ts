import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { checkBundle } from '../bundle/index.ts'
import { deployedSettingsProblems, type Environment } from '../config/index.ts'
import type { TableDefinition } from '../db/index.ts'
import type { Check } from '../kernel/check.ts'

export interface BundleLook {
  /** Where to begin to look for a databricks.yml: there, and in the folders above. */
  readonly from: string
  /** The CLI's JSON schema, if there is one. */
  readonly schema: string | undefined
  readonly tables: readonly TableDefinition[]
  readonly synced: Parameters<typeof checkBundle>[1]['synced']
}

/** The bundles, by the CLI's schema and by our own rules, and whether there is something to deploy. */
export function lookAtBundles({ from, ...look }: BundleLook): Check[] {
  const folder = findBundle(from)
  if (folder === undefined) {
    const found = `There is no databricks.yml in ${from}, nor above it: run it in the project’s folder.`
    return [{ what: 'the bundle', state: 'unknown', found }]
  }
  const folders = [folder, join(folder, 'existing')].filter((each) => existsSync(join(each, 'databricks.yml')))
  return [...folders.flatMap((each) => lookAtOne(each, look)), built(folder)]
}

function lookAtOne(folder: string, { schema, tables, synced }: Omit<BundleLook, 'from'>): Check[] {
  const settingsProblems = (environment: Environment) => deployedSettingsProblems(tables, environment)
  const findings = checkBundle(folder, { schema, settingsProblems, synced })
  if (findings.length === 0) {
    const bySchema =
      schema === undefined ? 'our own rules (BUNDLE_SCHEMA isn’t set)' : 'the CLI’s schema and our own rules'
    return [{ what: `the bundle in ${folder}`, state: 'ok', found: `It is right by ${bySchema}.` }]
  }
  return findings.map(({ where, problem, mend }) => ({
    what: join(folder, where),
    state: 'wrong',
    found: problem,
    mend,
  }))
}

function built(folder: string): Check {
  const what = 'dist/, which is what is uploaded'
  const mend = 'npm ci && npm run build'
  const root = [folder, join(folder, '..')].find((each) => existsSync(join(each, 'dist', 'main.js')))
  if (root === undefined) return { what, state: 'note', found: 'It isn’t built: nothing could be deployed.', mend }
  const dist = join(root, 'dist')
  const { version }: { version: string } = JSON.parse(readFileSync(join(dist, 'package.json'), 'utf8'))
  const madeAt = statSync(join(dist, 'main.js')).mtimeMs
  const newer = ['app.yaml', 'package.json', 'src'].flatMap((name) => changedSince(join(root, name), madeAt))
  if (newer.length === 0)
    return { what, state: 'ok', found: `It has version ${version}, and nothing has changed since.` }
  return {
    what,
    state: 'note',
    found: `It is older than ${relative(root, newer[0] ?? '')} and ${newer.length - 1} more.`,
    mend,
  }
}

/** A file, or files in a folder, that were changed later. */
function changedSince(path: string, at: number): string[] {
  if (!existsSync(path)) return []
  const inside = statSync(path).isDirectory() ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : ['']
  return inside
    .map((name) => join(path, name))
    .filter((file) => !file.endsWith('.test.ts') && statSync(file).isFile() && statSync(file).mtimeMs > at)
}

function findBundle(from: string): string | undefined {
  if (existsSync(join(from, 'databricks.yml'))) return from
  const above = dirname(from)
  return above === from ? undefined : findBundle(above)
}
