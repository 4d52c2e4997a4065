import type { TableDefinition } from '../db/index.ts'
import { ConfigError, readConfig } from './config.ts'
import { type Environment, Settings } from './settings.ts'

/** What others than `Settings` read: this app's tables, pg, Node. */
const OTHERS = ['PGSSLROOTCERT', 'PUBLIC_TABLES', 'PGAPPNAME', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS']

/** What the platform sets by itself, in a form that has nothing wrong with it. */
const BY_PLATFORM = {
  PGHOST: 'lakebase.example.com',
  PGDATABASE: 'database',
  PGUSER: 'app',
  DATABRICKS_HOST: 'workspace.example.com',
  DATABRICKS_CLIENT_ID: 'app',
  DATABRICKS_CLIENT_SECRET: 'secret',
  LAKEBASE_ENDPOINT: 'projects/p/branches/b/endpoints/e',
}

/** What would be wrong with the settings of an app that is deployed with these: unknown names, values, contradictions. */
export function deployedSettingsProblems(definitions: readonly TableDefinition[], environment: Environment): string[] {
  const tables = definitions
    .filter(({ origin }) => origin !== 'owned')
    .flatMap(({ key }) => [`${key.toUpperCase()}_TABLE`, `${key.toUpperCase()}_COLUMNS`])
  const known = [...Object.keys(Settings.shape), ...OTHERS, ...tables]
  const unknown = Object.keys(environment).filter((name) => !known.includes(name))
  return [...unknown.map((name) => `The app has no setting ${name}.`), ...problemsOf(definitions, environment)]
}

function problemsOf(definitions: readonly TableDefinition[], environment: Environment): readonly string[] {
  try {
    readConfig(definitions, { ...BY_PLATFORM, ...environment })
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}
