import { DatabaseError } from 'pg'
import { messageOf } from '../kernel/errors.ts'
import { WorkspaceError } from '../workspace/index.ts'
import { isLoginRefused, isUntrusted, NO_TLS } from './failures.ts'
import { SetUpError } from './set-up-error.ts'

/** What an operator does so that the app can start, for the log and the doctor; undefined where the reason says it all. */
export function mendOf(error: unknown): string | undefined {
  if (error instanceof SetUpError) return error.mend
  if (error instanceof WorkspaceError) return workspaceMend(error)
  if (messageOf(error) === NO_TLS) return 'For a plain Postgres without TLS set PGSSLMODE=disable.'
  if (isUntrusted(error)) {
    return 'Set PGSSLROOTCERT to a PEM file of its signer, and PGHOST to the name that its certificate is for.'
  }
  if (!(error instanceof DatabaseError)) {
    return 'Are PGHOST and PGPORT right, and can they be reached from here? A Lakebase that sleeps wakes by itself.'
  }
  if (isLoginRefused(error)) {
    return (
      'With PGPASSWORD: PGUSER or PGPASSWORD is wrong. Without: the role PGUSER isn’t there, or isn’t DATABRICKS_CLIENT_ID; ' +
      'attaching the database to the app makes it.'
    )
  }
  if (error.code === '3D000') return 'Set PGDATABASE to one that is there; the bundle makes lakebase_graphql.'
  if (error.code === '53300') return 'Lower DB_MAX_CONNECTIONS, here or elsewhere, or give Lakebase more CU.'
  return undefined
}

function workspaceMend({ status }: WorkspaceError): string {
  switch (status) {
    case 401:
      return 'DATABRICKS_CLIENT_ID or DATABRICKS_CLIENT_SECRET is wrong, or the secret has expired: make a new one, or stop and start the app.'
    case 403:
      return 'Attach the database to the app (resources: postgres), so that its principal may mint for LAKEBASE_ENDPOINT.'
    case 404:
      return 'LAKEBASE_ENDPOINT names no endpoint, or DATABRICKS_HOST another workspace.'
    default:
      return 'Is DATABRICKS_HOST the workspace, and can it be reached from here?'
  }
}
