import type { Check } from '../../kernel/check.ts'
import { isLoginRefused, noDatabaseRole, publicReasonOf } from '../failures.ts'
import type { DatabaseSettings } from '../settings.ts'
import { lookAs } from './diagnose.ts'
import type { DiagnoseOptions } from './options.ts'

/** Logs in as a viewer, and looks what that role may read and whether policies bind it. */
export async function lookAsViewer(
  options: DiagnoseOptions,
  user: string,
  password: DatabaseSettings['password'],
): Promise<Check[]> {
  const what = `log in as ${user}`
  const names = options.tables.map((definition) => {
    const { schema, table } = options.namesOf(definition)
    return `${schema}.${table}`
  })
  try {
    return await lookAs(options, { user, password }, async (client) => {
      const { rows } = await client.query<{ name: string; reads: boolean | null; bound: boolean | null }>(RIGHTS, [
        names,
      ])
      return [{ what, state: 'ok', found: 'It may.' }, ...rows.map((row) => toCheck(user, row))]
    })
  } catch (error) {
    if (!isLoginRefused(error)) return [{ what, state: 'unknown', found: publicReasonOf(error) }]
    return [{ what, state: 'wrong', found: noDatabaseRole({ userName: user, kind: 'user' }).message }]
  }
}

const RIGHTS = `
  select wanted as name, row_security_active(c.oid) as bound,
         case when c.oid is not null then has_schema_privilege(c.relnamespace, 'usage') and has_any_column_privilege(c.oid, 'select') end as reads
    from unnest($1::text[]) as wanted
    left join pg_namespace n on n.nspname = split_part(wanted, '.', 1)
    left join pg_class c on c.relnamespace = n.oid and c.relname = split_part(wanted, '.', 2)`

function toCheck(
  user: string,
  { name, reads, bound }: { name: string; reads: boolean | null; bound: boolean | null },
): Check {
  const what = `${user} and ${name}`
  if (reads === null) return { what, state: 'unknown', found: 'There is no such table.' }
  const found = `${reads ? 'May' : 'May not'} read it; row-level security ${bound ? 'binds' : 'doesn’t bind'} this role there.`
  return { what, state: 'note', found }
}
