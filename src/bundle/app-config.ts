import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { looksSecret } from '../kernel/mask-secrets.ts'
import type { Finding } from './finding.ts'
import { type Bundle, list, type Mapping, mapping, type Resource, readYaml, type Value } from './read-bundle.ts'
import { isSecretName } from './secrets.ts'
import { ofType, untargeted } from './targets.ts'

/** How an app is started. */
export interface AppConfig {
  readonly command: readonly string[]
  readonly env: readonly EnvEntry[]
}

export interface EnvEntry {
  readonly name: string
  readonly value: string | undefined
  /** The resource of the app that it comes from. */
  readonly from: string | undefined
  /** As it is spelled: `value_from` in a bundle, `valueFrom` in app.yaml; the other is ignored. */
  readonly keys: readonly string[]
}

export function configOf(config: Value | undefined): AppConfig {
  const { command, env } = mapping(config)
  return { command: list(command).map(String), env: list(env).map((entry) => toEntry(mapping(entry))) }
}

function toEntry(entry: Mapping): EnvEntry {
  const { name, value, value_from: snake, valueFrom: camel } = entry
  const from = snake ?? camel
  return {
    name: String(name ?? ''),
    value: value === undefined ? undefined : String(value),
    from: from === undefined ? undefined : String(from),
    keys: Object.keys(entry),
  }
}

/** app.yaml beside the folder that an app is deployed from, and the app's own words for the same, must agree. */
export function checkAppYaml(bundle: Bundle): Finding[] {
  return ofType(untargeted(bundle), 'apps').flatMap((app) => compare(bundle, app))
}

function compare({ root }: Bundle, { file, key, value }: Resource): Finding[] {
  const source = value['source_code_path']
  if (source === undefined) return []
  const path = join(dirname(resolve(root, dirname(file), String(source))), 'app.yaml')
  if (!existsSync(path)) {
    const problem = 'There is no app.yaml beside the folder that it is deployed from.'
    return [{ where: `${file}: resources.apps.${key}`, problem, mend: 'npm run build takes app.yaml from there.' }]
  }
  const findings: Finding[] = []
  const theirs = configOf(readYaml(path, 'app.yaml', findings))
  if (findings.length > 0) return findings
  const ours = configOf(value['config'])
  const where = `${file}: resources.apps.${key}.config`
  const [command, other] = [ours.command, theirs.command].map((words) => words.join(' '))
  if (command !== other) {
    findings.push({
      where: `${where}.command`,
      problem: `It is “${command}”, but in app.yaml “${other}”.`,
      mend: 'Make them the same: who deploys without the bundle gets app.yaml’s.',
    })
  }
  for (const name of new Set([...ours.env, ...theirs.env].map((entry) => entry.name))) {
    const [here, there] = [ours, theirs].map(({ env }) => meaning(env.find((entry) => entry.name === name)))
    if (here === there) continue
    findings.push({
      where: `${where}.env`,
      problem: `${name} is ${here} there, but ${there} in app.yaml.`,
      mend: 'Make them the same; where the value is a variable, its default counts.',
    })
  }
  for (const { name, keys } of theirs.env) {
    if (!keys.includes('value_from')) continue
    findings.push({
      where: 'app.yaml',
      problem: `${name} has value_from.`,
      mend: 'In app.yaml it is spelled valueFrom.',
    })
  }
  return findings
}

function meaning(entry: EnvEntry | undefined): string {
  if (!entry) return 'missing'
  if (entry.from !== undefined) return `from the resource ${entry.from}`
  const value = entry.value ?? ''
  return looksSecret(value) || isSecretName(entry.name) ? 'something secret' : `“${value}”`
}
