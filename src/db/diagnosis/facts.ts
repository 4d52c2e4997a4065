import type { Client } from 'pg'
import type { DiagnoseOptions } from './options.ts'

/** What a synced table really looks like: nobody has written it down. Sentences for docs/unconfirmed.md. */
export async function lookAtSyncedTables(
  client: Client,
  { tables, namesOf }: Pick<DiagnoseOptions, 'tables' | 'namesOf'>,
): Promise<string[]> {
  const found: string[] = []
  for (const definition of tables.filter(({ origin }) => origin === 'synced')) {
    const { schema, table } = namesOf(definition)
    const { rows } = await client.query<Shape>(SHAPE, [schema, table])
    const [shape] = rows
    if (!shape) continue
    const declared = new Set(Object.values(definition.columns).map(({ column }) => column.toLowerCase()))
    const more = shape.columns.filter((column) => !declared.has(column.toLowerCase()))
    const upper = shape.columns.filter((column) => column !== column.toLowerCase())
    found.push(
      `${schema}.${table}: relkind ${shape.relkind}, owner ${shape.owner}, row-level security ${shape.secured ? 'on' : 'off'}, ` +
        `TRIGGER ${shape.triggers ? 'granted' : 'not granted'} to the app; columns beside those we know: ${more.join(', ') || 'none'}; ` +
        `with capital letters: ${upper.join(', ') || 'none'}.`,
    )
  }
  return found
}

interface Shape {
  readonly relkind: string
  readonly owner: string
  readonly secured: boolean
  readonly triggers: boolean
  readonly columns: readonly string[]
}

const SHAPE = `
  select c.relkind, pg_get_userbyid(c.relowner) as owner, c.relrowsecurity as secured,
         has_table_privilege(c.oid, 'trigger') as triggers,
         array(select attname::text from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped order by attnum) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where lower(n.nspname) = lower($1) and lower(c.relname) = lower($2) and c.relkind in ('r', 'p', 'v', 'm', 'f')`

/** Columns of any table, in their order; none if it isn't there. */
export async function columnsOf(client: Client, schema: string, table: string): Promise<readonly string[]> {
  const { rows } = await client.query<Shape>(SHAPE, [schema, table])
  return rows[0]?.columns ?? []
}

/** Which of these functions there are, with their arguments. */
export async function functionsCalled(client: Client, names: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ signature: string }>(
    'select oid::regprocedure::text as signature from pg_proc where proname = any ($1::text[]) order by 1',
    [names],
  )
  return rows.map(({ signature }) => signature)
}
