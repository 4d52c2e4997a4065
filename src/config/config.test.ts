import { describe, expect, it } from 'vitest'
import { domains } from '../domains/index.ts'
import { ConfigError, readConfig } from './index.ts'

const tables = domains.flatMap((domain) => domain.tables)
const COMPLETE = {
  PGHOST: 'db.example.com',
  PGDATABASE: 'databricks_postgres',
  PGUSER: 'app',
  PGPASSWORD: 'secret',
  VIEWER_ACCESS: 'claims',
  DATABRICKS_HOST: 'example.cloud.databricks.com',
}

/** What is set instead of a password where it is minted. */
const MINTED = {
  PGPASSWORD: '',
  LAKEBASE_ENDPOINT: 'projects/p/branches/b/endpoints/e',
  DATABRICKS_CLIENT_ID: 'app',
  DATABRICKS_CLIENT_SECRET: 'its secret',
  PGUSER: 'app',
}

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(tables, environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('settings', () => {
  it('have defaults that suit the platform', () => {
    const config = readConfig(tables, COMPLETE)
    expect(config.listen).toEqual({ host: '0.0.0.0', port: 8000 })
    expect(config.workspace).toBe('https://example.cloud.databricks.com')
    expect(config.database).toMatchObject({
      port: 5432,
      tls: { ca: undefined },
      connections: { max: 40, maxPerViewer: 3 },
    })
    expect(config.requestTimeoutMs).toBe(10_000)
  })

  it('of the app’s login are a password, or all that mints one', () => {
    const { PGPASSWORD: _password, ...lakebase } = {
      ...COMPLETE,
      LAKEBASE_ENDPOINT: 'projects/p/branches/b/endpoints/e',
      DATABRICKS_CLIENT_ID: 'app',
      DATABRICKS_CLIENT_SECRET: 'its secret',
    }
    expect(readConfig(tables, COMPLETE)).toMatchObject({ appLogin: { password: 'secret' }, endpoint: undefined })
    expect(readConfig(tables, lakebase)).toMatchObject({
      appLogin: { principal: { id: 'app', secret: 'its secret' }, endpoint: lakebase.LAKEBASE_ENDPOINT },
      endpoint: lakebase.LAKEBASE_ENDPOINT,
    })
    for (const name of ['LAKEBASE_ENDPOINT', 'DATABRICKS_CLIENT_ID', 'DATABRICKS_CLIENT_SECRET']) {
      expect(problemsOf({ ...lakebase, [name]: '' })).toContainEqual(expect.stringContaining(`${name}: missing`))
    }
    expect(problemsOf({ ...lakebase, LAKEBASE_ENDPOINT: 'primary' })).toHaveLength(1)
  })

  it('trust a forwarded e-mail address only where viewers don’t log in', () => {
    expect(readConfig(tables, { ...COMPLETE, TRUST_FORWARDED_EMAIL: 'true' }).trustForwardedEmail).toBe(true)
    expect(readConfig(tables, COMPLETE).trustForwardedEmail).toBe(false)
    const login = { ...COMPLETE, VIEWER_ACCESS: 'login', LAKEBASE_ENDPOINT: 'projects/p/branches/b/endpoints/e' }
    expect(problemsOf(login)).toEqual([])
    expect(problemsOf({ ...login, TRUST_FORWARDED_EMAIL: 'true' })).toEqual([
      'TRUST_FORWARDED_EMAIL=true goes with VIEWER_ACCESS=claims only: an e-mail address opens no database.',
    ])
  })

  it('idempotency keys that a request could outlive are refused', () => {
    expect(problemsOf({ ...COMPLETE, IDEMPOTENCY_KEY_MS: '9999' })).toEqual([
      'IDEMPOTENCY_KEY_MS must be at least REQUEST_TIMEOUT_MS: a key must outlive the tries of its request.',
    ])
    expect(readConfig(tables, COMPLETE).idempotencyKeyMs).toBe(24 * 3_600_000)
    expect(readConfig(tables, { ...COMPLETE, IDEMPOTENCY_KEY_MS: '10000' }).idempotencyKeyMs).toBe(10_000)
  })

  it('operators are a list of names', () => {
    expect(readConfig(tables, COMPLETE).database.operators).toEqual([])
    expect(
      readConfig(tables, { ...COMPLETE, OPERATORS: ' alice@example.com, data platform ,' }).database.operators,
    ).toEqual(['alice@example.com', 'data platform'])
  })

  it('share no table whose rows are for their viewers', () => {
    expect(problemsOf({ ...COMPLETE, PUBLIC_TABLES: 'holidays.holiday_requests' })).toHaveLength(1)
  })

  it('prefer the platform’s port to PORT', () => {
    expect(readConfig(tables, { ...COMPLETE, PORT: '3000' }).listen.port).toBe(3000)
    expect(readConfig(tables, { ...COMPLETE, PORT: '3000', DATABRICKS_APP_PORT: '8123' }).listen.port).toBe(8123)
  })

  it('that are all missing are all named, each with what to set', () => {
    expect(problemsOf({})).toEqual([
      'PGHOST is missing. Set it to the host of Lakebase or of any Postgres.',
      'PGDATABASE is missing. Set it to the name of the database.',
      'PGUSER is missing. Set it to the app’s own role.',
      'DATABRICKS_HOST is missing. Set it to the workspace, such as https://example.cloud.databricks.com.',
      'LAKEBASE_ENDPOINT, DATABRICKS_CLIENT_ID, DATABRICKS_CLIENT_SECRET: missing. Set them for Lakebase (the platform does), or PGPASSWORD for a plain Postgres.',
    ])
  })

  it.each([
    [{ PGSSLMODE: 'disable', PGSSLROOTCERT: 'system' }, /^PGSSLROOTCERT is for TLS/],
    [{ DB_MAX_CONNECTIONS: '4', DB_MAX_CONNECTIONS_PER_VIEWER: '5' }, /^DB_MAX_CONNECTIONS_PER_VIEWER must be at most/],
    [{ PROOF_MS: '2000', PROOF_GRACE_MS: '1000' }, /^PROOF_GRACE_MS must be at least/],
    [{ ...MINTED, PGUSER: 'somebody' }, /^PGUSER must be DATABRICKS_CLIENT_ID/],
    [{ ...MINTED, PGHOST: 'ep-x-pooler.database.example.com' }, /^PGHOST is Lakebase’s pooler/],
    [{ ...MINTED, PGSSLMODE: 'disable' }, /^PGSSLMODE=disable: Lakebase/],
  ])('that contradict each other are refused: %o', (contradiction, problem) => {
    expect(problemsOf({ ...COMPLETE, ...contradiction })).toEqual([expect.stringMatching(problem)])
  })

  it.each([
    ['PGHOST', 'https://db.example.com', 'must be a host alone'],
    ['PGHOST', 'db.example.com:5432', 'must be a host alone'],
    ['PGPORT', '70000', 'must be a whole number from 1 to 65535. It is “70000”.'],
    ['PGSSLMODE', 'prefer', 'must be one of: disable, require, verify-ca, verify-full. It is “prefer”.'],
    ['LAKEBASE_ENDPOINT', 'primary', 'must be projects/…/branches/…/endpoints/…. It is “primary”.'],
    ['DB_MAX_CONNECTIONS', 'many', 'It is “many”.'],
    ['VIEWER_ACCESS', 'Login', 'must be one of: login, claims. It is “Login”.'],
    ['LOG_LEVEL', 'verbose', 'It is “verbose”.'],
  ])('%s that is “%s” is refused with what it should be', (name, value, words) => {
    const problems = problemsOf({ ...COMPLETE, [name]: value })
    expect(problems).toEqual([expect.stringContaining(words)])
    expect(problems[0]).toMatch(new RegExp(`^${name} `))
  })

  it('that hold a secret by mistake are not repeated', () => {
    const token = 'dapi0123456789abcdef0123456789abcdef'
    for (const [name, value] of [
      ['DATABRICKS_HOST', `http://${token}@example.com`],
      ['DATABRICKS_HOST', 'ftp://me:secret@example.com'],
      ['VIEWER_ACCESS', token],
    ]) {
      const [problem = ''] = problemsOf({ ...COMPLETE, [String(name)]: String(value) })
      expect(problem).toMatch(new RegExp(`^${name} must be`))
      expect(problem).not.toMatch(/secret|dapi/)
    }
  })

  it('that are wrong are all named at once, and no secret is', () => {
    const problems = problemsOf({
      ...COMPLETE,
      PGPORT: '70000',
      PGSSLMODE: 'prefer',
      PGSSLROOTCERT: '/nowhere/ca.pem',
      DB_MAX_CONNECTIONS: '2',
      DATABRICKS_HOST: 'http://example.com',
      GRAPHIQL: 'yes',
      TRIPS_TABLE: 'trips',
      TRIPS_COLUMNS: 'fare=,colour=color',
      // And what is right by itself, but not together.
      TRUST_FORWARDED_EMAIL: 'true',
      VIEWER_ACCESS: 'login',
      LAKEBASE_ENDPOINT: 'projects/p/branches/b/endpoints/e',
    })
    expect(problems.map((problem) => problem.split(/[ :]/)[0]).sort()).toEqual(
      [
        'DATABRICKS_HOST',
        'DB_MAX_CONNECTIONS',
        'GRAPHIQL',
        'PGPORT',
        'PGSSLMODE',
        'PGSSLROOTCERT',
        'TRIPS_COLUMNS',
        'TRIPS_COLUMNS',
        'TRIPS_TABLE',
        'TRUST_FORWARDED_EMAIL=true',
      ].sort(),
    )
    expect(problems.join()).not.toContain('secret')
  })

  it.each([
    ['https://example.com/', 'https://example.com'],
    ['example.com', 'https://example.com'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://localhost:1', 'http://localhost:1'],
  ])('take %s for the workspace %s', (given, origin) => {
    expect(readConfig(tables, { ...COMPLETE, DATABRICKS_HOST: given }).workspace).toBe(origin)
  })

  it.each(['http://example.com', 'ftp://example.com', 'http://127.0.0.1.example.com', 'not a host'])(
    'take no %s for the workspace',
    (given) => {
      expect(problemsOf({ ...COMPLETE, DATABRICKS_HOST: given })).toHaveLength(1)
    },
  )
})
