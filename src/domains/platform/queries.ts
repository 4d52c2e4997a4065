import sql from 'sql-template-tag'
import { type Statement, statement } from '../../db/index.ts'

/** The roles that whoever runs it is a member of, by itself or by way of another. */
export function memberships(): Statement {
  const text = sql`select rolname from pg_roles where pg_has_role(oid, 'member') and rolname <> current_user order by rolname`
  return statement('viewer.roles', ['role'], text)
}
