import { isLoopback } from './loopback.ts'
import type { Settings } from './settings.ts'

/** What several settings mean together, and can't: each by a sentence that says how to mend it. */
export function contradictionsIn(settings: Settings): string[] {
  return RULES.flatMap(({ broken, problem }) => (broken(settings) ? [problem] : []))
}

interface Rule {
  readonly broken: (settings: Settings) => boolean
  readonly problem: string
}

/** The app's password is minted, and so is its role the principal that it is minted for. */
const isMinted = (settings: Settings): boolean => Boolean(settings.LAKEBASE_ENDPOINT) && !settings.PGPASSWORD

const RULES: readonly Rule[] = [
  {
    broken: ({ TRUST_FORWARDED_EMAIL, VIEWER_ACCESS }) => TRUST_FORWARDED_EMAIL && VIEWER_ACCESS === 'login',
    problem: 'TRUST_FORWARDED_EMAIL=true goes with VIEWER_ACCESS=claims only: an e-mail address opens no database.',
  },
  {
    broken: ({ IDEMPOTENCY_KEY_MS, REQUEST_TIMEOUT_MS }) => IDEMPOTENCY_KEY_MS < REQUEST_TIMEOUT_MS,
    problem: 'IDEMPOTENCY_KEY_MS must be at least REQUEST_TIMEOUT_MS: a key must outlive the tries of its request.',
  },
  {
    broken: ({ PROOF_GRACE_MS, PROOF_MS }) => PROOF_GRACE_MS < PROOF_MS,
    problem: 'PROOF_GRACE_MS must be at least PROOF_MS: it is the longer time, for when the workspace gives no answer.',
  },
  {
    broken: (settings) => settings.DB_MAX_CONNECTIONS_PER_VIEWER > settings.DB_MAX_CONNECTIONS,
    problem: 'DB_MAX_CONNECTIONS_PER_VIEWER must be at most DB_MAX_CONNECTIONS, of which it is a part.',
  },
  {
    broken: ({ PGSSLMODE, PGSSLROOTCERT }) => PGSSLMODE === 'disable' && Boolean(PGSSLROOTCERT),
    problem: 'PGSSLROOTCERT is for TLS, which PGSSLMODE=disable turns off. Take one of the two out.',
  },
  {
    broken: ({ PGSSLMODE, PGHOST, LAKEBASE_ENDPOINT }) =>
      PGSSLMODE === 'disable' && Boolean(LAKEBASE_ENDPOINT) && !isLoopback(PGHOST),
    problem: 'PGSSLMODE=disable: Lakebase (LAKEBASE_ENDPOINT) takes no connection without TLS. Take PGSSLMODE out.',
  },
  {
    broken: (settings) => isMinted(settings) && settings.PGUSER !== settings.DATABRICKS_CLIENT_ID,
    problem:
      'PGUSER must be DATABRICKS_CLIENT_ID: the password is minted for that principal, and opens no other role. ' +
      'The platform sets both alike.',
  },
  {
    broken: (settings) => isMinted(settings) && /-pooler\./.test(settings.PGHOST),
    problem: 'PGHOST is Lakebase’s pooler, which takes no minted passwords. Set it to the host without “-pooler”.',
  },
]
