import { type Client, escapeIdentifier } from 'pg'
import sql from 'sql-template-tag'
import { OWN_SCHEMA } from './own-schema.ts'
import { type Statement, statement } from './statement.ts'

/**
 * Tells Postgres whom OPERATORS names: policies ask it. Those who have a role may read the audit with it, and nobody else may.
 */
export async function nameOperators(client: Client, names: readonly string[]): Promise<void> {
  if (await areNamed(client, names)) return
  await client.query('begin')
  // Two instances that start at once take turns.
  await client.query(`lock table ${OWN_SCHEMA}.operators in share row exclusive mode`)
  await client.query(`delete from ${OWN_SCHEMA}.operators where name <> all ($1::text[])`, [names])
  await client.query(`insert into ${OWN_SCHEMA}.operators select unnest($1::text[]) on conflict do nothing`, [names])
  for (const { role, wanted, granted } of await grantsOf(client, names)) {
    const to = escapeIdentifier(role)
    if (wanted && !granted) await client.query(`grant select on ${OWN_SCHEMA}.audit to ${to}`)
    if (granted && !wanted) await client.query(`revoke select on ${OWN_SCHEMA}.audit from ${to}`)
  }
  await client.query('commit')
}

/** As at most starts: then nothing is written, and nobody waited for. */
async function areNamed(client: Client, names: readonly string[]): Promise<boolean> {
  const { rows } = await client.query<{ name: string }>(`select name from ${OWN_SCHEMA}.operators`)
  const known = new Set(rows.map(({ name }) => name))
  if (known.size !== new Set(names).size || !names.every((name) => known.has(name))) return false
  return (await grantsOf(client, names)).every(({ wanted, granted }) => wanted === granted)
}

/** Roles that may read the audit, or are to. */
async function grantsOf(client: Client, names: readonly string[]) {
  const { rows } = await client.query<{ role: string; wanted: boolean; granted: boolean }>(GRANTS, [names])
  return rows
}

const GRANTS = `
  select rolname as role, rolname = any ($1::text[]) as wanted, granted
    from pg_class c cross join pg_roles r
   cross join lateral (
     select exists (select from aclexplode(c.relacl) where grantee = r.oid and privilege_type = 'SELECT') as granted
   ) as now
   where c.oid = '${OWN_SCHEMA}.audit'::regclass and r.oid <> c.relowner and (granted or rolname = any ($1::text[]))`

/** Whether whoever runs it is an operator, by Postgres' word. */
export function operatorQuestion(): Statement {
  return statement('viewer.isOperator', ['operator'], sql`select lakebase_graphql.is_operator()`)
}
