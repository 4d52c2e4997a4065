import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
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
  const place = [join(folder, 'dist'), join(folder, '..', 'dist')].find((dist) => existsSync(join(dist, 'main.js')))
  if (place === undefined) return { what, state: 'note', found: 'It isn’t built.', mend: 'npm ci && npm run build' }
  const { version }: { version: string } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'))
  return { what, state: 'ok', found: `${place} has version ${version}.` }
}

function findBundle(from: string): string | undefined {
  if (existsSync(join(from, 'databricks.yml'))) return from
  const above = dirname(from)
  return above === from ? undefined : findBundle(above)
}
