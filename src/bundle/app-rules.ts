import { dirname, relative, resolve } from 'node:path'
import { configOf, type EnvEntry } from './app-config.ts'
import type { Finding } from './finding.ts'
import { type Bundle, forEachText, list, mapping, type Resource } from './read-bundle.ts'
import { isSecretName, looksSecret } from './secrets.ts'
import { type Target, untargeted } from './targets.ts'

/** What is wrong with the settings that a bundle gives the app. */
export type SettingsProblems = (environment: Readonly<Record<string, string>>) => readonly string[]

/** Rules about each app, whatever the target. */
export function checkApps(bundle: Bundle): Finding[] {
  const apps = untargeted(bundle).resources.filter(({ type }) => type === 'apps')
  return [...apps.flatMap((app) => [...checkEnv(app), ...checkSource(bundle, app)]), ...checkTexts(bundle)]
}

/** Rules about each app as a target deploys it. */
export function checkAppsOf(target: Target, settingsProblems: SettingsProblems): Finding[] {
  return target.resources
    .filter(({ type }) => type === 'apps')
    .flatMap((app) => [...checkSettings(app, target.name, settingsProblems), ...checkAccess(app, target.name)])
}

const pathOf = ({ file, key }: Resource): string => `${file}: resources.apps.${key}`

function checkEnv(app: Resource): Finding[] {
  const names = list(app.value['resources']).map((resource) => String(mapping(resource)['name']))
  return configOf(mapping(app.value['config'])).env.flatMap((entry, at) => {
    const where = `${pathOf(app)}.config.env[${at}]`
    return envProblems(entry, names).map((finding) => ({ where, ...finding }))
  })
}

function envProblems({ name, value, from, keys }: EnvEntry, resources: readonly string[]): Omit<Finding, 'where'>[] {
  const findings: Omit<Finding, 'where'>[] = []
  if (keys.includes('valueFrom')) {
    const problem = `${name} has valueFrom, which the CLI ignores in a bundle.`
    findings.push({ problem, mend: 'Here it is spelled value_from; valueFrom is for app.yaml.' })
  }
  if (from !== undefined && !resources.includes(from)) {
    const mend = `Set it to one of them: ${resources.join(', ') || 'there are none yet'}.`
    findings.push({ problem: `${name} comes from “${from}”, which is no resource of the app.`, mend })
  }
  if (value !== undefined && value !== '' && isSecretName(name)) {
    const mend =
      'Put it into a secret scope, add that to the app’s resources (secret: scope, key, READ), and use value_from.'
    findings.push({ problem: `${name} is a secret, and stands in clear text.`, mend })
  }
  if (value === undefined && from === undefined) {
    findings.push({ problem: `${name} has neither value nor value_from.`, mend: 'Give it one of the two.' })
  }
  return findings
}

/** What looks like a secret is one, wherever it stands. It isn't repeated. */
function checkTexts({ files }: Bundle): Finding[] {
  const findings: Finding[] = []
  for (const [file, content] of files) {
    forEachText(content, (text, path) => {
      if (!looksSecret(text)) return
      const mend = 'Take it out of the file and its history, revoke it, and put a new one into a secret scope.'
      findings.push({ where: `${file}: ${path}`, problem: 'This looks like a secret.', mend })
    })
  }
  return findings
}

/** What is uploaded is what `npm run build` has written: it has nothing to install, and git ignores it. */
function checkSource({ root, main }: Bundle, app: Resource): Finding[] {
  const source = app.value['source_code_path']
  const where = `${pathOf(app)}.source_code_path`
  if (source === undefined) {
    return [{ where, problem: 'It is missing.', mend: 'Set it to ../dist, as seen from this file.' }]
  }
  const folder = resolve(root, dirname(app.file), String(source))
  const sync = mapping(main['sync'])
  const covers = (patterns: readonly string[]) =>
    patterns.some((pattern) => resolve(root, pattern.replace(/\/\*\*$/, '')) === folder)
  if (!/(^|\/)dist$/.test(folder)) {
    return [{ where, problem: `It is ${relative(root, folder) || 'the bundle itself'}.`, mend: 'Set it to ../dist.' }]
  }
  if (covers(list(sync['include']).map(String)) && covers(list(sync['paths']).map(String))) return []
  const name = relative(root, folder)
  const mend = `In databricks.yml: sync: { paths: [${name}], include: ['${name}/**'] }.`
  return [{ where: 'databricks.yml: sync', problem: `${name} would not be uploaded, since git ignores it.`, mend }]
}

/** By the app's own reading of them. What comes from a resource, or is known only in a workspace, is left out. */
function checkSettings(app: Resource, target: string, settingsProblems: SettingsProblems): Finding[] {
  const { env } = configOf(mapping(app.value['config']))
  const known = env.flatMap(({ name, value }) => (value === undefined || /\$\{/.test(value) ? [] : [[name, value]]))
  return settingsProblems(Object.fromEntries(known)).map((problem) => ({
    where: `${pathOf(app)}.config.env`,
    problem: `In the target ${target}: ${problem}`,
    mend: 'docs/operations.md lists all settings.',
  }))
}

function checkAccess(app: Resource, target: string): Finding[] {
  const { env } = configOf(mapping(app.value['config']))
  const findings: Finding[] = []
  const access = env.find(({ name }) => name === 'VIEWER_ACCESS')?.value ?? 'login'
  const scopes = list(app.value['user_api_scopes']).map(String)
  if (access === 'login' && !scopes.includes('postgres')) {
    const problem = `In the target ${target} viewers log in (VIEWER_ACCESS=login), but their tokens lack the scope postgres.`
    const mend = 'Add it to user_api_scopes, or set VIEWER_ACCESS to claims.'
    findings.push({ where: `${pathOf(app)}.user_api_scopes`, problem, mend })
  }
  const databases = list(app.value['resources']).filter((resource) => mapping(resource)['postgres'] !== undefined)
  if (databases.length !== 1) {
    const problem = `It has ${databases.length} postgres resources. The platform sets PG* for the first one only.`
    const mend = 'Give it one: name: postgres, postgres: { branch, database, permission: CAN_CONNECT_AND_CREATE }.'
    findings.push({ where: `${pathOf(app)}.resources`, problem, mend })
  }
  for (const [at, permission] of list(app.value['permissions']).entries()) {
    const { level, group_name: group } = mapping(permission)
    if (level !== 'CAN_MANAGE' || group !== 'users') continue
    const problem = 'Everybody may deploy code that gets every user’s token.'
    findings.push({ where: `${pathOf(app)}.permissions[${at}]`, problem, mend: 'Give the group users CAN_USE.' })
  }
  return findings
}
