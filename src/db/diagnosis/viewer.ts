import type { Client } from 'pg'
import type { Check } from '../../kernel/check.ts'
import { isLoginRefused, noDatabaseRole, publicReasonOf } from '../failures.ts'
import type { DatabaseSettings } from '../settings.ts'
import type { TableDefinition } from '../tables.ts'
import { lookAs } from './diagnose.ts'
import type { DiagnoseOptions } from './options.ts'

/** Logs in as a viewer, and looks what that role may read and whether policies bind it. */
export async function lookAsViewer(
  options: DiagnoseOptions,
  user: string,
  password: DatabaseSettings['password'],
): Promise<Check[]> {
  const what = `log in as ${user}`
  try {
    return await lookAs(options, { user, password }, async (client) => {
      const checks: Check[] = [{ what, state: 'ok', found: 'It may.' }]
      for (const definition of options.tables) checks.push(await lookAtTable(client, definition, options))
      return checks
    })
  } catch (error) {
    if (!isLoginRefused(error)) return [{ what, state: 'unknown', found: publicReasonOf(error) }]
    return [{ what, state: 'wrong', found: noDatabaseRole({ userName: user, kind: 'user' }).message }]
  }
}

interface Rights {
  readonly name: string
  readonly schema: string
  readonly me: string
  readonly reads: boolean
  readonly bound: boolean
}

const RIGHTS = `
  select format('%I.%I', n.nspname, c.relname) as name, quote_ident(n.nspname) as schema, quote_ident(current_user) as me,
         has_schema_privilege(n.oid, 'usage') and has_any_column_privilege(c.oid, 'select') as reads,
         row_security_active(c.oid) as bound
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where lower(n.nspname) = lower($1) and lower(c.relname) = lower($2) and c.relkind in ('r', 'p', 'v', 'm', 'f')`

async function lookAtTable(client: Client, definition: TableDefinition, options: DiagnoseOptions): Promise<Check> {
  const { schema, table } = options.namesOf(definition)
  const { rows } = await client.query<Rights>(RIGHTS, [schema, table])
  const [rights] = rows
  const what = `this user and ${definition.key}`
  if (!rights) return { what, state: 'unknown', found: `There is no table ${schema}.${table}.` }
  if (definition.audience === 'viewer' && rights.reads && !rights.bound) {
    const found = `No policy of ${rights.name} binds this role, so it is shown nothing of it.`
    return { what, state: 'wrong', found, mend: `ALTER ROLE ${rights.me} NOBYPASSRLS;` }
  }
  if (rights.reads) return { what, state: 'ok', found: 'It may read it.' }
  if (options.isPublic(definition))
    return { what, state: 'ok', found: 'It may not read it itself; the app’s users may.' }
  const mend = `If it is to: GRANT USAGE ON SCHEMA ${rights.schema} TO ${rights.me}; GRANT SELECT ON ${rights.name} TO ${rights.me};`
  return { what, state: 'note', found: 'It may not read it.', mend }
}
