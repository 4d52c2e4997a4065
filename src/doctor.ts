import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { databaseOptions } from './app.ts'
import { type Config, ConfigError, currentEnvironment, misspelledSettings, readConfig } from './config/index.ts'
import {
  type Context,
  hasWrong,
  lookAtBundles,
  lookAtDatabase,
  lookAtFacts,
  lookAtWorkspace,
  printReport,
} from './doctor/index.ts'
import { domains, syncedTables } from './domains/index.ts'
import type { Check } from './kernel/check.ts'
import { messageOf } from './kernel/errors.ts'
import { withoutSecrets } from './kernel/mask-secrets.ts'
import { createCallWorkspace, createWorkspace } from './workspace/index.ts'

/**
 * Looks at everything around the app, changes nothing, and says what to mend.
 * Exit 0: nothing is wrong; 1: something is; 2: misused.
 */
const USAGE = 'Use: npm run doctor -- [--json] [settings] [workspace] [database] [bundle] [unconfirmed]'
const PARTS = ['settings', 'workspace', 'database', 'bundle', 'unconfirmed'] as const
type Part = (typeof PARTS)[number]

const PART_MS = 30_000
/** Settings whose values must not be told. */
const SECRETS = ['PGPASSWORD', 'DATABRICKS_CLIENT_SECRET', 'DATABRICKS_TOKEN', 'DOCTOR_USER_TOKEN']

const environment = currentEnvironment()
const tables = domains.flatMap((domain) => domain.tables)

function contextOf(config: Config): Context {
  const workspace = createWorkspace(config.workspace)
  return {
    config,
    environment,
    database: databaseOptions(config, workspace, () => undefined),
    workspace,
    call: createCallWorkspace(config.workspace),
    userToken: optional('DOCTOR_USER_TOKEN', (value) => /^[\w\-.~+/]+=*$/.test(value)),
    appUrl: optional('DOCTOR_APP_URL', (value) => URL.canParse(value) && !new URL(value).username),
  }
}

/** @throws Error if it is set to what it can't be; the value isn't told */
function optional(name: string, isRight: (value: string) => boolean): string | undefined {
  const value = environment[name]
  if (!value || isRight(value)) return value || undefined
  throw new Error(
    name === 'DOCTOR_APP_URL'
      ? `${name} must be the app’s address, without a password in it: https://….databricksapps.com`
      : `${name} must be a token alone: databricks auth token prints JSON, so add | jq -r .access_token`,
  )
}

function lookAtSettings(): { checks: Check[]; context?: Context } {
  const odd = misspelledSettings(tables, environment).map(
    (name): Check => ({ what: name, state: 'note', found: 'The app has no such setting. Is it misspelled?' }),
  )
  try {
    const config = readConfig(tables, environment)
    const good: Check = { what: 'settings', state: 'ok', found: 'All of them are in order.' }
    return { context: contextOf(config), checks: [good, ...odd] }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const checks = error.problems.map((problem): Check => {
      const [, name = 'settings', found = problem] = /^([A-Z_]+(?:, [A-Z_]+)*):? (.*)$/s.exec(problem) ?? []
      return { what: name, state: 'wrong', found }
    })
    const found =
      'The doctor looks by the settings that the app would be started with: give it the same environment (docs/operations.md, “Doctor”).'
    return { checks: [...checks, ...odd, { what: 'settings', state: 'note', found }] }
  }
}

async function lookAt(part: Part, settings: { checks: Check[]; context?: Context }): Promise<readonly Check[]> {
  const { checks, context } = settings
  if (part === 'settings') return checks
  if (part === 'bundle') {
    // npm runs its scripts in the package's folder, and says where it was called.
    const from = environment['INIT_CWD'] || process.cwd()
    return lookAtBundles({ from, schema: environment['BUNDLE_SCHEMA'], tables, synced: syncedTables() })
  }
  if (!context) return [{ what: part, state: 'unknown', found: 'The settings have to be in order first.' }]
  const looks = { workspace: lookAtWorkspace, database: lookAtDatabase, unconfirmed: lookAtFacts }
  return withinTime(part, looks[part](context))
}

/** Something may take connections and say nothing. */
async function withinTime(part: Part, look: Promise<readonly Check[]>): Promise<readonly Check[]> {
  const found = `It was not over within ${PART_MS / 1_000} s: something takes connections and says nothing.`
  const late: readonly Check[] = [{ what: part, state: 'wrong', found }]
  return Promise.race([look, sleep(PART_MS, late, { ref: false })])
}

/** Whatever somebody has put into the wrong place must not come out here. */
function masked(report: ReadonlyMap<string, readonly Check[]>): ReadonlyMap<string, readonly Check[]> {
  const secrets = SECRETS.flatMap((name) => environment[name] || [])
  const mask = (text: string): string => withoutSecrets(text, secrets)
  const maskCheck = ({ what, state, found, mend }: Check): Check => ({
    what: mask(what),
    state,
    found: mask(found),
    ...(mend === undefined ? {} : { mend: mask(mend) }),
  })
  return new Map([...report].map(([part, checks]) => [part, checks.map(maskCheck)]))
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true })
  const wanted = PARTS.filter((part) => positionals.length === 0 || positionals.includes(part))
  const unknown = positionals.filter((name) => !PARTS.some((part) => part === name))
  if (unknown.length > 0) throw new Error(`There is no part ${unknown.join(', ')}.`)
  const settings = lookAtSettings()
  const report = new Map<string, readonly Check[]>()
  for (const part of wanted) {
    process.stderr.write(`looking at ${part} …\n`)
    report.set(part, await lookAt(part, settings))
  }
  const told = masked(report)
  const text = values.json ? `${JSON.stringify(Object.fromEntries(told), null, 2)}\n` : printReport(told)
  await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()))
  return hasWrong(report) ? 1 : 0
}

try {
  // What hangs still would keep the process.
  process.exit(await main())
} catch (error) {
  process.stderr.write(`${withoutSecrets(messageOf(error))}\n${USAGE}\n`)
  process.exit(2)
}
