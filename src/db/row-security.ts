import { type Client, escapeLiteral } from 'pg'
import { raw, type Sql } from 'sql-template-tag'
import type { DatabaseSettings } from './settings.ts'
import type { TableDefinition, TableProblem } from './tables.ts'

/** What Postgres says of a table's row-level security. */
export interface RowSecurity {
  /** An ordinary or partitioned table: on views and foreign tables there is none. */
  readonly ordinary: boolean
  /** ENABLE ROW LEVEL SECURITY. */
  readonly enabled: boolean
  /** FORCE ROW LEVEL SECURITY: for the owner too. */
  readonly forced: boolean
  /** `row_security_active`, asked by the app's role. */
  readonly binds_app: boolean
}

/** Why a table whose rows are for their viewers can't be read: its policies wouldn't decide. Undefined if they do. */
export function rowSecurityProblem(
  { ordinary, enabled, forced, binds_app: bindsApp }: RowSecurity,
  display: string,
  viewerAccess: DatabaseSettings['viewerAccess'],
): Omit<TableProblem, 'table'> | undefined {
  if (!ordinary) {
    return { problem: `${display} is no table, so it has no row-level security.`, mend: 'Put a table in its place.' }
  }
  if (!enabled || !forced) {
    const sql = `ALTER TABLE ${display} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;`
    const problem = `The row-level security of ${display} is not enabled and forced: anybody could see all of it.`
    return { problem, mend: `Its owner runs: ${sql}` }
  }
  if (viewerAccess === 'login' || bindsApp) return undefined
  const problem = `The app’s role bypasses the row-level security of ${display}.`
  return { problem, mend: 'Take BYPASSRLS or SUPERUSER from the app’s role.' }
}

/** Why nobody can write to a table that viewers are to write to. */
export function withoutRules({ schema, table }: TableDefinition): Omit<TableProblem, 'table'> {
  return {
    problem: `${schema}.${table} lacks its trigger "rules", or that is disabled: nothing can be written to it.`,
    mend: `Its owner runs: ALTER TABLE ${schema}.${table} ENABLE ALWAYS TRIGGER rules; or the migration that makes it.`,
  }
}

const MAX_ROLES = 50

/** Roles that may log in and that no policy binds. */
export async function rolesAboveRowSecurity(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select rolname as name from pg_roles where rolcanlogin and (rolsuper or rolbypassrls) order by 1 limit ${MAX_ROLES}`,
  )
  return rows.map(({ name }) => name)
}

/**
 * A condition of every read of a table whose rows are for their viewers: the statement fails unless policies bind the role
 * that runs it at that very moment, whatever was looked up before. `table` is quoted.
 */
export function rowSecurityGuard(table: string): Sql {
  return raw(`lakebase_graphql.require_row_security(${escapeLiteral(table)}::regclass)`)
}

/** The same of every write, and that the table's rules are there: its trigger `rules`. `table` is quoted. */
export function rulesGuard(table: string): Sql {
  return raw(`lakebase_graphql.require_rules(${escapeLiteral(table)}::regclass)`)
}
