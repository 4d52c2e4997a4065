import { parseArgs } from 'node:util'
import { databaseOptions } from './app.ts'
import { type Config, ConfigError, currentEnvironment, readConfig } from './config/index.ts'
import {
  type Context,
  hasWrong,
  lookAtBundle,
  lookAtDatabase,
  lookAtFacts,
  lookAtWorkspace,
  printReport,
} from './doctor/index.ts'
import { domains, syncedTables } from './domains/index.ts'
import type { Check } from './kernel/check.ts'
import { createCallWorkspace, createWorkspace } from './workspace/index.ts'

/** Looks at everything around the app, changes nothing, and says what to mend. Exit 0: nothing is wrong; 1: something is; 2: misused. */
const USAGE = 'Use: npm run doctor -- [--json] [settings] [workspace] [database] [bundle] [unconfirmed]'
const PARTS = ['settings', 'workspace', 'database', 'bundle', 'unconfirmed'] as const
type Part = (typeof PARTS)[number]

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
    userToken: environment['DOCTOR_USER_TOKEN'] || undefined,
    appUrl: environment['DOCTOR_APP_URL'] || undefined,
  }
}

function lookAtSettings(): { checks: Check[]; context?: Context } {
  try {
    const config = readConfig(tables, environment)
    return {
      context: contextOf(config),
      checks: [{ what: 'settings', state: 'ok', found: 'All of them are in order.' }],
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const checks = error.problems.map((problem): Check => {
      const [, name = 'settings', found = problem] = /^([A-Z_]+(?:, [A-Z_]+)*):? (.*)$/s.exec(problem) ?? []
      return { what: name, state: 'wrong', found }
    })
    const found =
      'The doctor looks by the settings that the app would be started with: give it the same environment (docs/operations.md, “Doctor”).'
    return { checks: [...checks, { what: 'settings', state: 'note', found }] }
  }
}

async function lookAt(part: Part, settings: { checks: Check[]; context?: Context }): Promise<readonly Check[]> {
  const { checks, context } = settings
  if (part === 'settings') return checks
  if (part === 'bundle') {
    return lookAtBundle({ from: process.cwd(), schema: environment['BUNDLE_SCHEMA'], tables, synced: syncedTables() })
  }
  if (!context) return [{ what: part, state: 'unknown', found: 'The settings have to be in order first.' }]
  const looks = { workspace: lookAtWorkspace, database: lookAtDatabase, unconfirmed: lookAtFacts }
  return looks[part](context)
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true })
  const wanted = PARTS.filter((part) => positionals.length === 0 || positionals.includes(part))
  const unknown = positionals.filter((name) => !PARTS.some((part) => part === name))
  if (unknown.length > 0) throw new Error(`There is no part ${unknown.join(', ')}.`)
  const settings = lookAtSettings()
  const report = new Map<string, readonly Check[]>()
  for (const part of wanted) {
    if (!values.json) process.stderr.write(`looking at ${part} …\n`)
    report.set(part, await lookAt(part, settings))
  }
  process.stdout.write(values.json ? `${JSON.stringify(Object.fromEntries(report), null, 2)}\n` : printReport(report))
  return hasWrong(report) ? 1 : 0
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`)
  process.exitCode = 2
}
