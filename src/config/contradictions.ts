import { isLoopback } from './loopback.ts'
import type { Settings } from './settings.ts'

/**
 * What several settings mean together, and can't: each by a sentence that says how to mend it. Of those that are wrong by
 * themselves, which are missing in `settings`, nothing more is said.
 */
export function contradictionsIn(settings: Partial<Settings>): string[] {
  return RULES.flatMap(({ of, broken, problem }) => (hasAll(settings, of) && broken(settings) ? [problem] : []))
}

/** Optional ones may be undefined. */
function hasAll(settings: Partial<Settings>, names: readonly (keyof Settings)[]): settings is Settings {
  return names.every((name) => name in settings)
}

interface Rule {
  /** The settings that it looks at. */
  readonly of: readonly (keyof Settings)[]
  readonly broken: (settings: Settings) => boolean
  readonly problem: string
}

/** The app's password is minted, and so is its role the principal that it is minted for. */
const isMinted = (settings: Settings): boolean => Boolean(settings.LAKEBASE_ENDPOINT) && !settings.PGPASSWORD

const RULES: readonly Rule[] = [
  {
    of: ['FEED_POLL_MS', 'FEED_LIVE_MS'],
    broken: ({ FEED_POLL_MS, FEED_LIVE_MS }) => FEED_POLL_MS >= FEED_LIVE_MS,
    problem: 'FEED_POLL_MS must be less than FEED_LIVE_MS: between two polls nothing could be served from memory.',
  },
  {
    of: ['TRUST_FORWARDED_EMAIL', 'VIEWER_ACCESS'],
    broken: ({ TRUST_FORWARDED_EMAIL, VIEWER_ACCESS }) => TRUST_FORWARDED_EMAIL && VIEWER_ACCESS === 'login',
    problem: 'TRUST_FORWARDED_EMAIL=true goes with VIEWER_ACCESS=claims only: an e-mail address opens no database.',
  },
  {
    of: ['IDEMPOTENCY_KEY_MS', 'REQUEST_TIMEOUT_MS'],
    broken: ({ IDEMPOTENCY_KEY_MS, REQUEST_TIMEOUT_MS }) => IDEMPOTENCY_KEY_MS < REQUEST_TIMEOUT_MS,
    problem: 'IDEMPOTENCY_KEY_MS must be at least REQUEST_TIMEOUT_MS: a key must outlive the tries of its request.',
  },
  {
    of: ['PROOF_GRACE_MS', 'PROOF_MS'],
    broken: ({ PROOF_GRACE_MS, PROOF_MS }) => PROOF_GRACE_MS < PROOF_MS,
    problem: 'PROOF_GRACE_MS must be at least PROOF_MS: it is the longer time, for when the workspace gives no answer.',
  },
  {
    of: ['DB_MAX_CONNECTIONS_PER_VIEWER', 'DB_MAX_CONNECTIONS'],
    broken: (settings) => settings.DB_MAX_CONNECTIONS_PER_VIEWER > settings.DB_MAX_CONNECTIONS,
    problem: 'DB_MAX_CONNECTIONS_PER_VIEWER must be at most DB_MAX_CONNECTIONS, of which it is a part.',
  },
  {
    of: ['PGSSLMODE'],
    broken: ({ PGSSLMODE, PGSSLROOTCERT }) => PGSSLMODE === 'disable' && Boolean(PGSSLROOTCERT),
    problem: 'PGSSLROOTCERT is for TLS, which PGSSLMODE=disable turns off. Take one of the two out.',
  },
  {
    of: ['PGSSLMODE', 'PGHOST', 'LAKEBASE_ENDPOINT'],
    broken: ({ PGSSLMODE, PGHOST, LAKEBASE_ENDPOINT }) =>
      PGSSLMODE === 'disable' && Boolean(LAKEBASE_ENDPOINT) && !isLoopback(PGHOST),
    problem: 'PGSSLMODE=disable: Lakebase (LAKEBASE_ENDPOINT) takes no connection without TLS. Take PGSSLMODE out.',
  },
  {
    of: ['PGUSER', 'LAKEBASE_ENDPOINT'],
    broken: (settings) => isMinted(settings) && settings.PGUSER !== settings.DATABRICKS_CLIENT_ID,
    problem:
      'PGUSER must be DATABRICKS_CLIENT_ID: the password is minted for that principal, and opens no other role. ' +
      'The platform sets both alike.',
  },
  {
    of: ['PGHOST', 'LAKEBASE_ENDPOINT'],
    broken: (settings) => isMinted(settings) && /-pooler\./.test(settings.PGHOST),
    problem: 'PGHOST is Lakebase’s pooler, which takes no minted passwords. Set it to the host without “-pooler”.',
  },
]
