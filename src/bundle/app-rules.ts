import { dirname, relative, resolve } from 'node:path'
import { looksSecret } from '../kernel/mask-secrets.ts'
import { configOf, type EnvEntry } from './app-config.ts'
import type { Finding } from './finding.ts'
import { type Bundle, forEachText, list, mapping, type Resource, type Value } from './read-bundle.ts'
import { isSecretName } from './secrets.ts'
import { ofType, type Target } from './targets.ts'

/** What is wrong with the settings that a bundle gives the app; undefined is what comes from a resource of it. */
export type SettingsProblems = (environment: Readonly<Record<string, string | undefined>>) => readonly string[]

/** Rules about each app as a target deploys it. */
export function checkApps(bundle: Bundle, target: Target): Finding[] {
  return ofType(target, 'apps').flatMap((app) => [
    ...checkEnv(app),
    ...checkSource(bundle, app),
    ...checkAccess(app, target.name),
    ...checkStart(app),
  ])
}

const pathOf = ({ file, key }: Resource): string => `${file}: resources.apps.${key}`

function checkEnv(app: Resource): Finding[] {
  const names = list(app.value['resources']).map((resource) => String(mapping(resource)['name']))
  const { env } = configOf(mapping(app.value['config']))
  return env.flatMap((entry, at) => {
    const where = `${pathOf(app)}.config.env[${at}]`
    const findings = envProblems(entry, names).map((finding) => ({ where, ...finding }))
    if (env.findIndex(({ name }) => name === entry.name) === at) return findings
    return [...findings, { where, problem: `${entry.name} is there twice.`, mend: 'Leave one of them.' }]
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
export function checkTexts({ files }: Bundle): Finding[] {
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
  const foldersOf = (patterns: Value | undefined) =>
    list(patterns).map((pattern) => resolve(root, String(pattern).replace(/\/\*\*$/, '')))
  const included = foldersOf(sync['include']).includes(folder) && !foldersOf(sync['exclude']).includes(folder)
  if (!/(^|\/)dist$/.test(folder)) {
    return [{ where, problem: `It is ${relative(root, folder) || 'the bundle itself'}.`, mend: 'Set it to ../dist.' }]
  }
  const paths = foldersOf(sync['paths'])
  if (included && paths.length === 1 && paths[0] === folder) return []
  const name = relative(root, folder)
  if (paths.length > 1 || !paths.includes(folder)) {
    const problem = `More than ${name}, or something else, would be uploaded.`
    return [{ where: 'databricks.yml: sync.paths', problem, mend: `Set it to [${name}].` }]
  }
  const mend = `In databricks.yml: sync: { paths: [${name}], include: ['${name}/**'] }.`
  return [{ where: 'databricks.yml: sync', problem: `${name} would not be uploaded, since git ignores it.`, mend }]
}

/** By the app's own reading of them. What is known only in a workspace is left out. */
export function checkSettings(target: Target, settingsProblems: SettingsProblems): Finding[] {
  return ofType(target, 'apps').flatMap((app) => {
    const { env } = configOf(mapping(app.value['config']))
    const known = env.flatMap(({ name, value, from }) => {
      if (value?.includes('${')) return []
      return value === undefined && from === undefined ? [] : [[name, value]]
    })
    return settingsProblems(Object.fromEntries(known)).map((problem) => ({
      where: `${pathOf(app)}.config.env`,
      problem: `In the target ${target.name}: ${problem}`,
      mend: 'docs/operations.md lists all settings.',
    }))
  })
}

/** That it runs once it is deployed, and runs what was built. */
function checkStart(app: Resource): Finding[] {
  const { command } = configOf(mapping(app.value['config']))
  const findings: Finding[] = []
  if (command[0] !== 'node' || command.at(-1) !== 'main.js') {
    const problem = `It runs “${command.join(' ')}”.`
    const mend = "dist/ has main.js: ['node', '--no-parallel-scavenge', '--enable-source-maps', 'main.js']."
    findings.push({ where: `${pathOf(app)}.config.command`, problem, mend })
  }
  if (mapping(app.value['lifecycle'])['started'] !== true) {
    const problem = 'A new app would be deployed, but stopped.'
    findings.push({ where: `${pathOf(app)}.lifecycle`, problem, mend: 'Add lifecycle: { started: true }.' })
  }
  return findings
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
  if (env.find(({ name }) => name === 'TRUST_FORWARDED_EMAIL')?.value === 'true' && scopes.length > 0) {
    const problem = `In the target ${target} e-mail headers are trusted, though tokens are forwarded.`
    const mend = 'Leave TRUST_FORWARDED_EMAIL false, or set user_api_scopes to [] where no token is forwarded.'
    findings.push({ where: `${pathOf(app)}.config.env`, problem, mend })
  }
  const databases = list(app.value['resources']).filter((resource) => mapping(resource)['postgres'] !== undefined)
  if (databases.length !== 1) {
    const problem = `It has ${databases.length} postgres resources. The platform sets PG* for the first one only.`
    const mend = 'Give it one: name: postgres, postgres: { branch, database, permission: CAN_CONNECT_AND_CREATE }.'
    findings.push({ where: `${pathOf(app)}.resources`, problem, mend })
  }
  for (const [at, permission] of list(app.value['permissions']).entries()) {
    const { level, group_name: group, user_name: user, service_principal_name: principal } = mapping(permission)
    if ([group, user, principal].filter((name) => name !== undefined).length !== 1) {
      const mend = 'Give it one of group_name, user_name, service_principal_name.'
      findings.push({ where: `${pathOf(app)}.permissions[${at}]`, problem: 'It is nobody’s, or several’s.', mend })
    }
    if (level !== 'CAN_MANAGE' || group !== 'users') continue
    const problem = 'Everybody may deploy code that gets every user’s token.'
    findings.push({ where: `${pathOf(app)}.permissions[${at}]`, problem, mend: 'Give the group users CAN_USE.' })
  }
  return findings
}
