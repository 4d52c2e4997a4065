import { withoutSecrets } from '../kernel/mask-secrets.ts'
import { checkAppYaml } from './app-config.ts'
import { checkApps, checkSettings, checkTexts, type SettingsProblems } from './app-rules.ts'
import type { Finding } from './finding.ts'
import { checkForms, checkNames } from './form-rules.ts'
import { checkJsonSchema } from './json-schema.ts'
import { checkLakebase, type SyncedTable } from './lakebase-rules.ts'
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
    ...(schema === undefined ? [] : checkJsonSchema(bundle, targets, schema)),
    ...checkReferences(bundle),
    ...checkTargets(bundle),
    ...checkTexts(bundle),
    ...checkAppYaml(bundle),
    ...checkNames(targets),
    ...targets.flatMap((target) => [
      ...checkForms(target),
      ...checkApps(bundle, target),
      ...checkSettings(target, settingsProblems),
      ...checkLakebase(target, synced),
    ]),
  )
  const told = findings.map((finding) => ({
    where: withoutSecrets(finding.where),
    problem: withoutSecrets(finding.problem),
    mend: withoutSecrets(finding.mend),
  }))
  // What holds for every target is said once.
  return [...new Map(told.map((finding) => [`${finding.where} ${finding.problem}`, finding])).values()]
}
