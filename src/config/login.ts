import type { ServicePrincipal } from '../workspace/index.ts'
import type { Environment } from './settings.ts'

/** A fixed password, for a plain Postgres; or a principal that mints one for a Lakebase endpoint. */
export type AppLogin =
  | { readonly password: string }
  | { readonly principal: ServicePrincipal; readonly endpoint: string }

/** The platform sets all that minting needs; a password is for a Postgres that isn't Lakebase. */
export function readAppLogin(environment: Environment, problems: string[]): AppLogin | undefined {
  const { PGPASSWORD: password, LAKEBASE_ENDPOINT: endpoint } = environment
  const { DATABRICKS_CLIENT_ID: id, DATABRICKS_CLIENT_SECRET: secret } = environment
  if (password && !endpoint && (environment['VIEWER_ACCESS'] ?? 'login') === 'login') {
    problems.push(
      'VIEWER_ACCESS=login proves viewers by credentials of LAKEBASE_ENDPOINT, which is missing. For a plain Postgres set VIEWER_ACCESS=claims.',
    )
  }
  if (password) return { password }
  if (endpoint && id && secret) return { principal: { id, secret }, endpoint }
  const minting = { LAKEBASE_ENDPOINT: endpoint, DATABRICKS_CLIENT_ID: id, DATABRICKS_CLIENT_SECRET: secret }
  const missing = Object.entries(minting).flatMap(([name, value]) => (value ? [] : [name]))
  problems.push(
    `${missing.join(', ')}: missing. Set them for Lakebase (the platform does), or PGPASSWORD for a plain Postgres.`,
  )
  return undefined
}
