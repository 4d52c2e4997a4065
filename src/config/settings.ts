import { z } from 'zod'
import { shown } from '../kernel/mask-secrets.ts'
import { isLoopback } from './loopback.ts'

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>

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

/** Each setting by itself; what several of them mean together is checked elsewhere. */
export const Settings = z.object({
  DATABRICKS_APP_PORT: wholeNumber(1, 65_535, 0),
  PORT: wholeNumber(1, 65_535, 0),
  HOST: z.string().default('0.0.0.0'),
  PGHOST: required('the host of Lakebase or of any Postgres').regex(
    /^[^\s/:]+$|^\/\S+$|^[0-9a-f:]+$/i,
    'must be a host alone: its port goes into PGPORT, the database into PGDATABASE.',
  ),
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
  DB_MAX_CONNECTIONS_PER_VIEWER: wholeNumber(1, 100, 3),
  DB_IDLE_MS: wholeNumber(50, 3_600_000, 30_000),
  DB_LIFE_MS: wholeNumber(50, 86_400_000, 2_700_000), // Lakebase promises no connection a long life
  DB_QUEUE_MS: wholeNumber(50, 100_000, 5_000),
  VIEWER_ACCESS: oneOf(['login', 'claims']).default('login'),
  TRUST_FORWARDED_EMAIL: flag(false),
  OPERATORS: z.string().default('').transform(toList),
  IDEMPOTENCY_KEY_MS: wholeNumber(1, 86_400_000, 86_400_000),
  RIGHTS_MS: wholeNumber(1, 60_000, 60_000),
  PROOF_MS: wholeNumber(1, 3_600_000, 60_000),
  PROOF_GRACE_MS: wholeNumber(1, 3_600_000, 300_000),
  REQUESTS_PER_SECOND: wholeNumber(1, 10_000_000, 1_000),
  REQUEST_TIMEOUT_MS: wholeNumber(100, 100_000, 10_000),
  CACHE: oneOf(['on', 'off']).default('on'),
  CACHE_BYTES: wholeNumber(1_000_000, 999_999_999, 268_435_456),
  FEED_LIVE_MS: wholeNumber(50, 60_000, 2_000),
  FEED_POLL_MS: wholeNumber(20, 30_000, 1_000),
  FEED_IDLE_MS: wholeNumber(50, 3_600_000, 30_000),
  SYNCED_HOLD_MS: wholeNumber(50, 60_000, 10_000),
  DRAIN_MS: wholeNumber(0, 5_000, 1_500),
  LOOK_SOON_MS: wholeNumber(50, 60_000, 5_000),
  MIGRATION_TURN_MS: wholeNumber(50, 300_000, 30_000),
  TRUSTED_DOCUMENTS_ONLY: flag(false),
  DOCUMENTS_FOLDER: z.string().optional(),
  GRAPHIQL: flag(true),
  INTROSPECTION: flag(true),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

/** What is wrong with one setting, and what it is now. */
export function problemOf({ path, message }: z.core.$ZodIssue, environment: Environment): string {
  const name = path.join('.')
  const value = shown(environment[name] ?? '')
  return `${name} ${message}${value ? ` It is “${value}”.` : ''}`
}

export type Settings = z.infer<typeof Settings>

/** Names separated by commas. */
export function toList(text: string): string[] {
  return text.split(',').flatMap((part) => part.trim() || [])
}

/** The platform gives the workspace with or without `https://`. In clear text it may only be on this machine. */
function toOrigin(text: string, context: { addIssue: (message: string) => void }): string {
  const candidate = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`
  const url = URL.canParse(candidate) ? new URL(candidate) : undefined
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))) return url.origin
  context.addIssue('must be a host or an https:// address (http:// for this machine only).')
  return z.NEVER
}
