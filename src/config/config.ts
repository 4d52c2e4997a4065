import { readFileSync } from 'node:fs'
import type { FeedSettings } from '../changes/index.ts'
import type { DatabaseSettings, TableDefinition, TableNames } from '../db/index.ts'
import { messageOf } from '../kernel/errors.ts'
import { withoutSecrets } from '../kernel/mask-secrets.ts'
import { contradictionsIn } from './contradictions.ts'
import { type AppLogin, readAppLogin } from './login.ts'
import { type Environment, problemOf, Settings } from './settings.ts'
import { defaultNames, namesFrom, readPublicTables } from './tables.ts'

/** Everything that can be set from outside, checked. */
export interface Config {
  readonly listen: { readonly host: string; readonly port: number }
  readonly database: Omit<DatabaseSettings, 'password'>
  /** The password of the app's own role, or what it is minted with. */
  readonly appLogin: AppLogin
  /** The Lakebase endpoint that credentials are minted for; undefined for a plain Postgres. */
  readonly endpoint: string | undefined
  /** Where no token is forwarded, the e-mail header is taken for the identity. */
  readonly trustForwardedEmail: boolean
  /** Tables that all users of the app may read by the operator's word. */
  readonly isPublic: (definition: TableDefinition) => boolean
  /** How long a client's idempotency key is kept, in ms. */
  readonly idempotencyKeyMs: number
  /** How long what Postgres says of a viewer's rights holds, in ms. */
  readonly rightsMs: number
  /** Origin of the Databricks workspace. */
  readonly workspace: string
  /** How long a token's proof holds, in ms: as a rule, and while the workspace gives no answer. */
  readonly proof: { readonly proofMs: number; readonly graceMs: number }
  readonly namesOf: (definition: TableDefinition) => TableNames
  /** What may be kept in memory, in bytes; 0 where the cache is off. */
  readonly cacheBytes: number
  /** How many requests of one viewer an instance answers, in the long run. */
  readonly requestsPerSecond: number
  readonly feed: FeedSettings
  /** From a request's arrival to its answer. */
  readonly requestTimeoutMs: number
  /** From SIGTERM, so long new requests are still taken, while `/api/ready` says no, in ms. */
  readonly drainMs: number
  /** Only registered documents are executed, except for operators. */
  readonly trustedDocumentsOnly: boolean
  /** Where manifests of more documents lie. */
  readonly documentsFolder: string | undefined
  readonly graphiql: boolean
  readonly introspection: boolean
  readonly logLevel: string
}

/** The environment has problems; the message lists all of them and how to mend each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    // Somebody may have put a password, a token or a key where it doesn't belong.
    const told = problems.map((problem) => withoutSecrets(problem))
    super(`The settings have ${told.length} problem(s):\n${told.map((problem) => `  - ${problem}`).join('\n')}`)
    this.problems = told
  }
}

/** Those settings that are right by themselves. */
function rightOnes(environment: Environment): Partial<Settings> {
  return Object.fromEntries(
    Object.entries(Settings.shape).flatMap(([name, schema]) => {
      const { success, data } = schema.safeParse(environment[name])
      return success ? [[name, data]] : []
    }),
  )
}

/**
 * Reads the settings from the environment, the process's own unless a test gives another one; `definitions` are the
 * tables whose names can be set.
 * @throws ConfigError with every problem at once.
 */
export function readConfig(definitions: readonly TableDefinition[], environment: Environment = process.env): Config {
  const problems: string[] = []
  const parsed = Settings.safeParse(environment)
  if (!parsed.success) for (const issue of parsed.error.issues) problems.push(problemOf(issue, environment))
  const names = new Map(definitions.map((definition) => [definition, namesFrom(environment, definition, problems)]))
  const appLogin = readAppLogin(environment, problems)
  const isPublic = readPublicTables(environment, names, problems)
  problems.push(...contradictionsIn(parsed.data ?? rightOnes(environment)))
  const ca = readCertificate(environment['PGSSLROOTCERT'], problems)
  if (!parsed.success || !appLogin || problems.length > 0) throw new ConfigError(problems)
  const settings = parsed.data
  return {
    listen: { host: settings.HOST, port: settings.DATABRICKS_APP_PORT || settings.PORT || 8000 },
    database: toDatabase(settings, ca),
    appLogin,
    endpoint: settings.LAKEBASE_ENDPOINT || undefined,
    trustForwardedEmail: settings.TRUST_FORWARDED_EMAIL,
    isPublic: (definition) => settings.VIEWER_ACCESS === 'claims' || isPublic(definition),
    idempotencyKeyMs: settings.IDEMPOTENCY_KEY_MS,
    rightsMs: settings.RIGHTS_MS,
    workspace: settings.DATABRICKS_HOST,
    proof: { proofMs: settings.PROOF_MS, graceMs: settings.PROOF_GRACE_MS },
    namesOf: (definition) => names.get(definition) ?? defaultNames(definition),
    requestsPerSecond: settings.REQUESTS_PER_SECOND,
    cacheBytes: settings.CACHE === 'on' ? settings.CACHE_BYTES : 0,
    feed: {
      liveMs: settings.FEED_LIVE_MS,
      pollMs: settings.FEED_POLL_MS,
      idleMs: settings.FEED_IDLE_MS,
      heldMs: settings.SYNCED_HOLD_MS,
    },
    requestTimeoutMs: settings.REQUEST_TIMEOUT_MS,
    drainMs: settings.DRAIN_MS,
    trustedDocumentsOnly: settings.TRUSTED_DOCUMENTS_ONLY,
    documentsFolder: settings.DOCUMENTS_FOLDER || undefined,
    graphiql: settings.GRAPHIQL,
    introspection: settings.INTROSPECTION,
    logLevel: settings.LOG_LEVEL,
  }
}

function toDatabase(settings: Settings, ca: string | undefined): Config['database'] {
  return {
    host: settings.PGHOST,
    port: settings.PGPORT,
    database: settings.PGDATABASE,
    user: settings.PGUSER,
    tls: settings.PGSSLMODE === 'disable' ? false : { ca },
    viewerAccess: settings.VIEWER_ACCESS,
    operators: settings.OPERATORS,
    connections: {
      max: settings.DB_MAX_CONNECTIONS,
      maxPerViewer: settings.DB_MAX_CONNECTIONS_PER_VIEWER,
      idleMs: settings.DB_IDLE_MS,
      lifeMs: settings.DB_LIFE_MS,
      queueMs: settings.DB_QUEUE_MS,
    },
    lookSoonMs: settings.LOOK_SOON_MS,
    migrationTurnMs: settings.MIGRATION_TURN_MS,
    statementTimeoutMs: settings.REQUEST_TIMEOUT_MS,
  }
}

/** Roots to verify Postgres' certificate against; undefined for the system's own, which libpq calls `system`. */
function readCertificate(path: string | undefined, problems: string[]): string | undefined {
  if (path === undefined || path === '' || path === 'system') return undefined
  try {
    const text = readFileSync(path, 'utf8')
    if (text.includes('-----BEGIN CERTIFICATE-----')) return text
    problems.push(`PGSSLROOTCERT: there is no certificate in ${path}. Set it to the path of a PEM file.`)
  } catch (error) {
    problems.push(`PGSSLROOTCERT can’t be read: ${messageOf(error)}. Set it to a PEM file.`)
  }
  return undefined
}

/** The process's own environment, for who has to look at it as it is. */
export function currentEnvironment(): Environment {
  return process.env
}
