import { inject } from 'vitest'
import { ENDPOINT } from '../../local/platform/workspace.ts'
import type { TestApp } from './test-app.ts'

/** What the platform sets for an app with a Lakebase database, and app.yaml: nothing else. The database is `app`'s. */
export function platformEnvironment(app: TestApp, port: number): Record<string, string> {
  const { host, port: pgPort } = inject('server')
  const { id, secret } = app.tokens.app
  return {
    DATABRICKS_APP_NAME: 'lakebase-graphql-dev',
    DATABRICKS_WORKSPACE_ID: '1234567890',
    DATABRICKS_APP_PORT: String(port),
    DATABRICKS_HOST: app.workspaceUrl,
    DATABRICKS_CLIENT_ID: id,
    DATABRICKS_CLIENT_SECRET: secret,
    PGHOST: host,
    PGPORT: String(pgPort),
    PGDATABASE: app.database,
    PGUSER: id,
    PGSSLMODE: 'disable',
    PGAPPNAME: 'lakebase-graphql-dev',
    LAKEBASE_ENDPOINT: ENDPOINT,
    VIEWER_ACCESS: 'login',
    OPERATORS: '',
    DB_MAX_CONNECTIONS: '40',
  }
}
