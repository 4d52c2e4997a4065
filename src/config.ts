import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { DatabaseSettings, TableDefinition, TableNames } from './db/index.ts'
import { messageOf } from './kernel/errors.ts'
import type { ServicePrincipal } from './workspace/index.ts'

/** Everything that can be set from outside, checked. */
export interface Config {
  readonly listen: { readonly host: string; readonly port: number }
  readonly database: Omit<DatabaseSettings, 'password'>
  /** The password of the app's own role, or what it is minted with. */
  readonly appLogin: AppLogin
  /** The Lakebase endpoint that credentials are minted for; undefined for a plain Postgres. */
  readonly endpoint: string | undefined
  /** Origin of the Databricks workspace. */
  readonly workspace: string
  /** How long a token's proof holds, in ms: as a rule, and while the workspace gives no answer. */
  readonly proof: { readonly proofMs: number; readonly graceMs: number }
  readonly namesOf: (definition: TableDefinition) => TableNames
  /** From a request's arrival to its answer. */
  readonly requestTimeoutMs: number
  readonly graphiql: boolean
  readonly introspection: boolean
  readonly logLevel: string
}

/** A fixed password, for a plain Postgres; or a principal that mints one for a Lakebase endpoint. */
export type AppLogin =
  | { readonly password: string }
  | { readonly principal: ServicePrincipal; readonly endpoint: string }

/** The environment has problems; the message lists all of them and how to mend each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`The settings have ${problems.length} problem(s):\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

type Environment = Readonly<Record<string, string | undefined>>

const required = (what: string) =>
  z.string({ error: `is missing. Set it to ${what}.` }).min(1, `is empty. Set it to ${what}.`)
const wholeNumber = (least: number, most: number, standard: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${least} to ${most}.`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be a whole number from ${least} to ${most}.`)
    .default(standard)
const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, { error: `must be one of: ${values.join(', ')}.` })
const flag = (standard: boolean) =>
  oneOf(['true', 'false'])
    .transform((value) => value === 'true')
    .default(standard)

const Settings = z.object({
  DATABRICKS_APP_PORT: wholeNumber(1, 65_535, 0),
  PORT: wholeNumber(1, 65_535, 0),
  HOST: z.string().default('0.0.0.0'),
  PGHOST: required('the host of Lakebase or of any Postgres'),
  PGPORT: wholeNumber(1, 65_535, 5_432),
  PGDATABASE: required('the name of the database'),
  PGUSER: required('the app’s own role'),
  PGPASSWORD: z.string().optional(),
  LAKEBASE_ENDPOINT: z
    .string()
    .regex(/^$|^projects\/[^/]+\/branches\/[^/]+\/endpoints\/[^/]+$/, 'must be projects/…/branches/…/endpoints/….')
    .optional(),
  DATABRICKS_CLIENT_ID: z.string().optional(),
  DATABRICKS_CLIENT_SECRET: z.string().optional(),
  PGSSLMODE: oneOf(['disable', 'require', 'verify-ca', 'verify-full']).default('require'),
  PGSSLROOTCERT: z.string().optional(),
  DATABRICKS_HOST: required('the workspace, such as https://example.cloud.databricks.com').transform(toOrigin),
  DB_MAX_CONNECTIONS: wholeNumber(3, 4_000, 40),
  PROOF_MS: wholeNumber(1, 3_600_000, 60_000),
  PROOF_GRACE_MS: wholeNumber(1, 3_600_000, 300_000),
  REQUEST_TIMEOUT_MS: wholeNumber(100, 100_000, 10_000),
  GRAPHIQL: flag(true),
  INTROSPECTION: flag(true),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

/**
 * Reads the settings from the environment, the process's own unless a test gives another one; `definitions` are the
 * tables whose names can be set.
 * @throws ConfigError with every problem at once.
 */
export function readConfig(definitions: readonly TableDefinition[], environment: Environment = process.env): Config {
  const problems: string[] = []
  const parsed = Settings.safeParse(environment)
  if (!parsed.success) {
    for (const issue of parsed.error.issues) problems.push(`${issue.path.join('.')} ${issue.message}`)
  }
  const names = new Map(definitions.map((definition) => [definition, namesFrom(environment, definition, problems)]))
  const appLogin = readAppLogin(environment, problems)
  const ca = readCertificate(environment['PGSSLROOTCERT'], problems)
  if (!parsed.success || !appLogin || problems.length > 0) throw new ConfigError(problems)
  const settings = parsed.data
  return {
    listen: { host: settings.HOST, port: settings.DATABRICKS_APP_PORT || settings.PORT || 8000 },
    database: toDatabase(settings, ca),
    appLogin,
    endpoint: settings.LAKEBASE_ENDPOINT || undefined,
    workspace: settings.DATABRICKS_HOST,
    proof: { proofMs: settings.PROOF_MS, graceMs: settings.PROOF_GRACE_MS },
    namesOf: (definition) => names.get(definition) ?? defaultNames(definition),
    requestTimeoutMs: settings.REQUEST_TIMEOUT_MS,
    graphiql: settings.GRAPHIQL,
    introspection: settings.INTROSPECTION,
    logLevel: settings.LOG_LEVEL,
  }
}

function toDatabase(settings: z.infer<typeof Settings>, ca: string | undefined): Config['database'] {
  return {
    host: settings.PGHOST,
    port: settings.PGPORT,
    database: settings.PGDATABASE,
    user: settings.PGUSER,
    tls: settings.PGSSLMODE === 'disable' ? false : { ca },
    maxConnections: settings.DB_MAX_CONNECTIONS,
    statementTimeoutMs: settings.REQUEST_TIMEOUT_MS,
  }
}

/** The platform gives the workspace with or without `https://`. In clear text it may only be on this machine. */
function toOrigin(text: string, context: { addIssue: (message: string) => void }): string {
  const candidate = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`
  const url = URL.canParse(candidate) ? new URL(candidate) : undefined
  const loopback = url !== undefined && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback)) return url.origin
  context.addIssue('must be a host or an https:// address (http:// for this machine only).')
  return z.NEVER
}

/** The platform sets all that minting needs; a password is for a Postgres that isn't Lakebase. */
function readAppLogin(environment: Environment, problems: string[]): AppLogin | undefined {
  const { PGPASSWORD: password, LAKEBASE_ENDPOINT: endpoint } = environment
  const { DATABRICKS_CLIENT_ID: id, DATABRICKS_CLIENT_SECRET: secret } = environment
  if (password) return { password }
  if (endpoint && id && secret) return { principal: { id, secret }, endpoint }
  const minting = { LAKEBASE_ENDPOINT: endpoint, DATABRICKS_CLIENT_ID: id, DATABRICKS_CLIENT_SECRET: secret }
  const missing = Object.entries(minting).flatMap(([name, value]) => (value ? [] : [name]))
  problems.push(
    `${missing.join(', ')}: missing. Set them for Lakebase (the platform does), or PGPASSWORD for a plain Postgres.`,
  )
  return undefined
}

function readCertificate(path: string | undefined, problems: string[]): string | undefined {
  if (path === undefined || path === '') return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    problems.push(`PGSSLROOTCERT can’t be read: ${messageOf(error)}. Set it to a PEM file.`)
    return undefined
  }
}

/** `TRIPS_TABLE=schema.table` and `TRIPS_COLUMNS=fare=total,pickupAt=started`. */
function namesFrom(environment: Environment, definition: TableDefinition, problems: string[]): TableNames {
  const prefix = definition.key.toUpperCase()
  const { schema, table } = defaultNames(definition)
  const name = environment[`${prefix}_TABLE`] || `${schema}.${table}`
  const parts = name.split('.')
  if (parts.length !== 2 || parts.includes('')) problems.push(`${prefix}_TABLE must be schema.table, but is "${name}".`)
  const columns: Record<string, string> = {}
  for (const pair of (environment[`${prefix}_COLUMNS`] ?? '').split(',').filter((text) => text.trim() !== '')) {
    const [ours = '', theirs = ''] = pair.split('=').map((part) => part.trim())
    if (!(ours in definition.columns) || theirs === '') {
      const known = Object.keys(definition.columns).join(', ')
      problems.push(`${prefix}_COLUMNS: "${pair}" must be name=column, with a name out of: ${known}.`)
    }
    columns[ours] = theirs
  }
  return { schema: parts[0] ?? schema, table: parts[1] ?? table, columns }
}

function defaultNames({ schema, table }: TableDefinition): TableNames {
  return { schema, table, columns: {} }
}
