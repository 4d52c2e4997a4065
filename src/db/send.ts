import type { Client, QueryArrayConfig, QueryArrayResult, QueryConfig } from 'pg'
import type { Viewer } from '../identity/index.ts'
import { kindOf, UnboundError } from './failures.ts'
import type { Principal } from './openers.ts'
import type { DatabaseSettings } from './settings.ts'
import type { Row, Statement } from './statement.ts'

/** One row of an answer, as Postgres writes it. */
export type Values = (string | null)[]

const REQUIRE_ROLE = { name: 'role', text: 'select lakebase_graphql.require_role($1)' }
const CLAIM = {
  name: 'claim',
  text: "select lakebase_graphql.require_role($1), set_config('lakebase_graphql.viewer', $2, true)",
}
const CLAIM_GROUPS = {
  name: 'claim_groups',
  text: `select lakebase_graphql.require_role($1), set_config('lakebase_graphql.viewer', $2, true),
                set_config('lakebase_graphql.groups', $3, true)`,
}

/** Makes sure of the role whose connection it is, and says for whom the app asks where it does: a statement for `pg`. */
export function roleQuery({ userName, groups }: Viewer, { viewerAccess, user, operators }: Who): QueryConfig {
  if (viewerAccess === 'login') return { ...REQUIRE_ROLE, values: [userName] }
  // Of groups, Postgres asks only whether they are operators.
  const named = operators.length === 0 ? [] : groups.filter((group) => operators.includes(group))
  if (named.length === 0) return { ...CLAIM, values: [user, userName] }
  return { ...CLAIM_GROUPS, values: [user, userName, JSON.stringify(named)] }
}

export type Who = Pick<DatabaseSettings, 'viewerAccess' | 'user' | 'operators'>

/**
 * For a viewer, whose connection it is must be so just before the read: a session may have outlived its role's name or
 * rights, and so may the plans that Postgres keeps for it. Where the app reads for somebody, the identity holds for this one
 * transaction, so nobody who borrows the connection next can have it. All goes out together, and settles when the last
 * statement has been answered.
 */
export async function send(
  client: Client,
  query: QueryArrayConfig,
  as: Principal,
  who: Who,
): Promise<QueryArrayResult<Values>> {
  if (as === 'app') return client.query<Values>(query)
  const claims = who.viewerAccess === 'claims'
  const begin = claims ? [client.query('begin')] : []
  const role = client.query(roleQuery(as, who))
  const read = client.query<Values>(query)
  const end = claims ? [client.query('commit')] : []
  const [proof, ...steps] = await Promise.allSettled([role, ...begin, read, ...end])
  if (proof.status === 'rejected') throw unbound(proof.reason)
  // The first that failed says why: those after it only say that the transaction is aborted.
  for (const step of steps) if (step.status === 'rejected') throw step.reason
  return read
}

/** Whatever Postgres says when it is asked for the role: it may be gone. Broken connections stay what they are. */
export function unbound(error: unknown): unknown {
  return ['connection', 'timeout', 'locked'].includes(kindOf(error)) ? error : new UnboundError(error)
}

/** Values stay the text that Postgres sent: no Date, no rounding, no cost for columns that are passed through. */
const AS_TEXT = { getTypeParser: () => (value: string) => value }

export function toQuery(statement: Statement, name: string | undefined): QueryArrayConfig {
  const values = [...statement.values]
  return { text: statement.text, values, rowMode: 'array', types: AS_TEXT, ...(name === undefined ? {} : { name }) }
}

export function toRow(columns: readonly string[], values: Values): Row {
  const row: Record<string, string | null> = {}
  for (let index = 0; index < columns.length; index++) row[columns[index] ?? ''] = values[index] ?? null
  return row
}
