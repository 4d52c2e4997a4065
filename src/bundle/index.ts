import { checkAppYaml } from './app-config.ts'
import { checkApps, checkAppsOf, type SettingsProblems } from './app-rules.ts'
import type { Finding } from './finding.ts'
import { checkJsonSchema } from './json-schema.ts'
import { checkLakebase, type SyncedTable } from './lakebase-rules.ts'
import { checkNames } from './name-rules.ts'
import { readBundle } from './read-bundle.ts'
import { checkReferences } from './references.ts'
import { checkTargets } from './target-rules.ts'
import { targetsOf } from './targets.ts'

export type { Finding } from './finding.ts'
export { connectionsOf, type SyncedTable } from './lakebase-rules.ts'

export interface BundleCheck {
  /** The CLI's JSON schema; without it only our own rules are looked at. */
  readonly schema: string | undefined
  readonly settingsProblems: SettingsProblems
  /** What the app reads and a pipeline must write. */
  readonly synced: readonly SyncedTable[]
}

/**
 * Everything that is wrong with the bundle whose databricks.yml lies in `folder`: by the CLI's own schema, and by what that
 * can't see. Nothing of it asks a workspace.
 */
export function checkBundle(folder: string, { schema, settingsProblems, synced }: BundleCheck): Finding[] {
  const findings: Finding[] = []
  const bundle = readBundle(folder, findings)
  const targets = targetsOf(bundle)
  findings.push(
    ...(schema === undefined ? [] : checkJsonSchema(bundle, schema)),
    ...checkReferences(bundle),
    ...checkTargets(bundle),
    ...checkApps(bundle),
    ...checkAppYaml(bundle),
    ...checkNames(targets),
    ...targets.flatMap((target) => [...checkAppsOf(target, settingsProblems), ...checkLakebase(target, synced)]),
  )
  // What holds for every target is said once.
  return [...new Map(findings.map((finding) => [`${finding.where} ${finding.problem}`, finding])).values()]
}
