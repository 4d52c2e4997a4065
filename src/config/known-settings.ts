import type { TableDefinition } from '../db/index.ts'
import { type Environment, problemOf, Settings } from './settings.ts'

const OTHERS = ['PGSSLROOTCERT', 'PGPASSWORD', 'PUBLIC_TABLES', 'PGAPPNAME', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS']

/** What is wrong with one setting by itself; `value` is undefined where it is filled in elsewhere. */
export function settingProblem(
  definitions: readonly TableDefinition[],
  name: string,
  value: string | undefined,
): string | undefined {
  const tables = definitions
    .filter(({ origin }) => origin !== 'owned')
    .flatMap(({ key }) => [`${key.toUpperCase()}_TABLE`, `${key.toUpperCase()}_COLUMNS`])
  if ([...OTHERS, ...tables].includes(name)) return undefined
  if (!(name in Settings.shape)) return `the app has no setting ${name}.`
  if (value === undefined || value.includes('${')) return undefined
  const environment: Environment = { [name]: value }
  const parsed = Settings.safeParse(environment)
  const issue = parsed.error?.issues.find(({ path }) => path.join('.') === name)
  return issue && problemOf(issue, environment)
}
