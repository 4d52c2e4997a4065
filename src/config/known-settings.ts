import type { TableDefinition } from '../db/index.ts'
import { ConfigError, readConfig } from './config.ts'
import { type Environment, Settings } from './settings.ts'

/** What others than `Settings` read: this app's tables, pg, Node. */
const OTHERS = ['PUBLIC_TABLES', 'PGAPPNAME', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS']

/** What the platform sets by itself, in a form that has nothing wrong with it. */
const BY_PLATFORM = {
  PGHOST: 'lakebase.example.com',
  PGDATABASE: 'database',
  PGUSER: 'app',
  DATABRICKS_HOST: 'workspace.example.com',
  DATABRICKS_CLIENT_ID: 'app',
  DATABRICKS_CLIENT_SECRET: 'secret',
}
/** What comes from a resource of the app, likewise. */
const BY_RESOURCE: Environment = { LAKEBASE_ENDPOINT: 'projects/p/branches/b/endpoints/e' }

/**
 * What would be wrong with the settings of an app that is deployed with these: unknown names, values, contradictions.
 * Undefined is what comes from a resource of the app.
 */
export function deployedSettingsProblems(definitions: readonly TableDefinition[], environment: Environment): string[] {
  const known = knownNames(definitions)
  const names = Object.keys(environment)
  const unknown = names.filter((name) => !known.includes(name)).map((name) => `The app has no setting ${name}.`)
  const twice = names.filter((name) => name in BY_PLATFORM).map((name) => `The platform sets ${name}. Take it out.`)
  // It is read where the app runs.
  const { PGSSLROOTCERT: _there, ...rest } = environment
  const filled = Object.entries(rest).map(([name, value]) => [name, value ?? BY_RESOURCE[name]])
  return [...unknown, ...twice, ...problemsOf(definitions, { ...Object.fromEntries(filled), ...BY_PLATFORM })]
}

function knownNames(definitions: readonly TableDefinition[]): string[] {
  const tables = definitions
    .filter(({ origin }) => origin !== 'owned')
    .flatMap(({ key }) => [`${key.toUpperCase()}_TABLE`, `${key.toUpperCase()}_COLUMNS`])
  return [...Object.keys(Settings.shape), ...OTHERS, ...tables]
}

/** Variables of an environment that look like settings of the app, and are none: perhaps misspelled. */
export function misspelledSettings(definitions: readonly TableDefinition[], environment: Environment): string[] {
  const known = knownNames(definitions)
  const begins = new Set(Object.keys(Settings.shape).flatMap((name) => /^[A-Z]+_/.exec(name)?.[0] ?? []))
  // The platform and others set many of these.
  for (const common of ['DATABRICKS_', 'LOG_']) begins.delete(common)
  return Object.keys(environment).filter(
    (name) =>
      !known.includes(name) && (/_(TABLE|COLUMNS)$/.test(name) || [...begins].some((begin) => name.startsWith(begin))),
  )
}

function problemsOf(definitions: readonly TableDefinition[], environment: Environment): readonly string[] {
  try {
    readConfig(definitions, environment)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}
