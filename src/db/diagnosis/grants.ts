import type { Client } from 'pg'
import type { Check } from '../../kernel/check.ts'
import { OWN_SCHEMA } from '../own-schema.ts'
import type { DiagnoseOptions } from './options.ts'

/**
 * Nobody but its owner has rights on a table of the app's own schema, but for operators, who read the audit; and nobody
 * else may write to a whole row of an owned table: viewers may write to columns.
 */
export async function checkGrants(client: Client, { tables }: DiagnoseOptions): Promise<Check[]> {
  const what = 'rights on what the app owns'
  const owned = tables.filter(({ origin }) => origin === 'owned')
  const { rows } = await client.query<{ sql: string; line: string }>(FIND, [
    owned.map(({ schema }) => schema),
    owned.map(({ table }) => table),
  ])
  if (rows.length === 0) return [{ what, state: 'ok', found: 'Nobody has more than they need.' }]
  const found = `Somebody has more than they need: ${rows.map(({ line }) => line).join(', ')}.`
  return [{ what, state: 'wrong', found, mend: rows.map(({ sql }) => sql).join('\n') }]
}

const FIND = `
  select format('%s on %s for %s', privilege_type, c.oid::regclass, who) as line,
         format('REVOKE %s ON %s FROM %s;', privilege_type, c.oid::regclass, who) as sql
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   cross join lateral aclexplode(c.relacl) as acl
   cross join lateral (select case grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(grantee)) end as who) as named
   where c.relkind in ('r', 'p') and grantee <> c.relowner
     and case when nspname = '${OWN_SCHEMA}' then not (relname = 'audit' and privilege_type = 'SELECT')
              else (nspname, relname) in (select * from unnest($1::text[], $2::text[])) and privilege_type <> 'SELECT' end
   order by 1 limit 50`
