import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from 'pg'
import type { Check } from '../../kernel/check.ts'
import { upOf } from '../migrate.ts'
import type { TableDefinition } from '../tables.ts'
import type { DiagnoseOptions } from './options.ts'

/** A policy or a trigger, as our migrations make it. */
interface Guard {
  readonly kind: 'policy' | 'trigger'
  readonly name: string
  readonly table: string
}

/** Policies and triggers of owned tables are those that our migrations make, no more and no fewer, and they ask who asks. */
export async function checkGuards(client: Client, { tables, source }: DiagnoseOptions): Promise<Check[]> {
  const expected = guardsIn(source)
  const checks: Check[] = []
  for (const definition of tables.filter(({ origin }) => origin === 'owned')) {
    const { schema, table } = definition
    const { rows } = await client.query<Found>(FIND, [schema, table])
    if (rows.length > 0) checks.push(judge(definition, rows, expected))
  }
  return checks
}

interface Found {
  readonly kind: Guard['kind'] | 'table'
  readonly name: string
  /** A policy whose rows don't depend on who asks; a trigger that is off, or not for everybody. */
  readonly loose: boolean
}

const FIND = `
  with found as (select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where nspname = $1::text and relname = $2::text)
  select 'table' as kind, $2::text as name, false as loose from found
  union all
  select 'policy', polname::text, polpermissive
         and coalesce(pg_get_expr(polwithcheck, polrelid), pg_get_expr(polqual, polrelid), 'true')
             !~* '(viewer|is_operator|pg_trigger_depth)\\(\\)|current_user|session_user'
    from pg_policy p join found f on p.polrelid = f.oid
  union all
  select 'trigger', tgname::text, tgenabled <> 'A' from pg_trigger t join found f on t.tgrelid = f.oid where not tgisinternal`

function judge({ key, schema, table }: TableDefinition, found: readonly Found[], expected: readonly Guard[]): Check {
  const name = `${schema}.${table}`
  const ours = expected.filter((guard) => guard.table === name)
  const problems: string[] = []
  const mends: string[] = []
  for (const guard of ours) {
    const there = found.find(({ kind, name: other }) => kind === guard.kind && other === guard.name)
    if (there === undefined) {
      problems.push(`The ${guard.kind} ${guard.name} is missing.`)
      mends.push(
        `Run the part of its migration that makes it: grep -r "${guard.kind} ${guard.name}" in the folder migrations.`,
      )
    } else if (there.loose && guard.kind === 'trigger') {
      problems.push(`The trigger ${guard.name} is off, or not for everybody.`)
      mends.push(`ALTER TABLE ${name} ENABLE ALWAYS TRIGGER ${guard.name};`)
    }
  }
  for (const { kind, name: other, loose } of found) {
    const known = ours.some((guard) => guard.kind === kind && guard.name === other)
    if (kind === 'policy' && (loose || !known)) {
      problems.push(
        `The policy ${other} is ${known ? 'another than ours: it doesn’t ask who asks' : 'none of ours, and may show more'}.`,
      )
      mends.push(`DROP POLICY "${other}" ON ${name}; and, where it was ours, its CREATE POLICY from the migrations.`)
    }
  }
  const what = `what guards ${key}`
  if (problems.length > 0) return { what, state: 'wrong', found: problems.join(' '), mend: mends.join('\n') }
  return { what, state: 'ok', found: `${ours.length} policies and triggers are there, as the migrations make them.` }
}

/** What all migrations together leave behind, by their own words. */
function guardsIn(source: string): Guard[] {
  const folders = [join(source, 'db', 'migrations')]
  for (const domain of readdirSync(join(source, 'domains'))) folders.push(join(source, 'domains', domain, 'migrations'))
  const guards = new Map<string, Guard>()
  for (const folder of folders.filter((each) => existsSync(each))) {
    for (const file of readdirSync(folder).sort()) {
      for (const guard of guardsOf(upOf(readFileSync(join(folder, file), 'utf8')))) {
        const key = `${guard.kind} ${guard.name} ${guard.table}`
        if (guard.dropped) guards.delete(key)
        else guards.set(key, guard)
      }
    }
  }
  return [...guards.values()]
}

const STATEMENT =
  /\b(create(?: or replace)?|drop) (policy|trigger)(?: if exists)? (\w+)\s(?:[^;]*?\s)?on ([\w]+\.[\w]+)/gi

function guardsOf(sql: string): (Guard & { readonly dropped: boolean })[] {
  return [...sql.replaceAll(/--.*$/gm, '').matchAll(STATEMENT)].map(
    ([, verb = '', kind = '', name = '', table = '']) => ({
      kind: kind.toLowerCase() === 'policy' ? 'policy' : 'trigger',
      name,
      table,
      dropped: verb.toLowerCase() === 'drop',
    }),
  )
}
