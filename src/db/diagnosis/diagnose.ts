import type { Client } from 'pg'
import type { Check } from '../../kernel/check.ts'
import { openConnection } from '../connection.ts'
import { publicReasonOf, reasonOf } from '../failures.ts'
import { missingIndexes } from '../indexes.ts'
import { lookUpTables } from '../made-from.ts'
import { mendOf } from '../mends.ts'
import { migrationsOf } from '../migrate.ts'
import { lookAtOwnSchema } from '../own-schema.ts'
import { lookAtOwned } from '../owned-tables.ts'
import { rolesAboveRowSecurity } from '../row-security.ts'
import { clientConfig, type Session } from '../session.ts'
import type { Tables } from '../tables.ts'
import { checkGrants } from './grants.ts'
import { checkGuards } from './guards.ts'
import type { DiagnoseOptions } from './options.ts'
import { checkBudget, checkRole, checkSyncedManagers, checkViewers } from './roles.ts'

/** Nothing is changed by looking. */
const SESSION: Session = {
  settings: { default_transaction_read_only: 'on', statement_timeout: '10000' },
  queryTimeoutMs: 12_000,
}

/** Looks at everything that the app needs of Postgres, as its own role, and changes nothing. */
export async function diagnose(options: DiagnoseOptions): Promise<Check[]> {
  const { settings } = options
  const what = `connect to ${settings.database} as ${settings.user}`
  try {
    return await lookAs(options, settings, async (client) => {
      const { rows } = await client.query<{ version: string }>('select version()')
      return [{ what, state: 'ok', found: rows[0]?.version ?? '' }, ...(await lookAtAll(client, options))]
    })
  } catch (error) {
    const mend = mendOf(error) ?? 'docs/operations.md, “Health”, says what each reason means.'
    return [{ what, state: 'wrong', found: `${publicReasonOf(error)} (${reasonOf(error)})`, mend }]
  }
}

/** Logs in and looks. */
export async function lookAs<T>(
  { settings }: Pick<DiagnoseOptions, 'settings'>,
  login: Pick<DiagnoseOptions['settings'], 'user' | 'password'>,
  look: (client: Client) => Promise<T>,
): Promise<T> {
  const connection = await openConnection(clientConfig(settings, SESSION), login, () => undefined)
  try {
    return await look(connection.client)
  } finally {
    await connection.close()
  }
}

async function lookAtAll(client: Client, options: DiagnoseOptions): Promise<Check[]> {
  const { tables } = await lookUpTables(client, {
    definitions: options.tables,
    namesOf: options.namesOf,
    viewerAccess: options.settings.viewerAccess,
    mendOf: () => undefined,
  })
  const looks: readonly (readonly [string, () => Promise<Check[]>])[] = [
    ['the app’s role', () => checkRole(client)],
    ['the app’s own schema', () => checkOwnSchema(client, options)],
    ['owned tables', () => checkOwned(client, options)],
    ['tables', async () => checkTables(tables, options)],
    ['what guards owned tables', () => checkGuards(client, options)],
    ['rights on what the app owns', () => checkGrants(client, options)],
    ['roles above row-level security', () => checkUnbound(client)],
    ['viewers’ rights', () => checkViewers(client, options, tables)],
    ['indexes', () => checkIndexes(client, options, tables)],
    ['managers of synced tables', () => checkSyncedManagers(client, options, tables)],
    ['connections', () => checkBudget(client, options.settings, options.tables)],
  ]
  const checks: Check[] = []
  for (const [what, look] of looks) {
    checks.push(
      ...(await look().catch((error: unknown): Check[] => [{ what, state: 'unknown', found: reasonOf(error) }])),
    )
  }
  return checks
}

async function checkOwnSchema(client: Client, { source }: DiagnoseOptions): Promise<Check[]> {
  const what = 'the app’s own schema'
  const { there, problem } = await lookAtOwnSchema(client)
  if (problem) return [{ what, state: 'wrong', found: problem.publicReason, mend: problem.mend }]
  if (!there) return [{ what, state: 'note', found: 'It isn’t there yet: the first start makes it.' }]
  const { pending, unknown } = await migrationsOf(client, { folder: `${source}/db/migrations`, table: 'migrations' })
  const create = await checkCreate(client)
  const newer = unknown.length > 0 ? ` A newer version has run ${unknown.join(', ')}.` : ''
  if (pending.length === 0) return [{ what, state: 'ok', found: `It is up to date.${newer}` }, ...create]
  return [{ what, state: 'note', found: `The next start runs ${pending.join(', ')}.${newer}` }, ...create]
}

/** What is there stays there, but a version that brings another schema couldn't make it. */
async function checkCreate(client: Client): Promise<Check[]> {
  const { rows } = await client.query<{ may: boolean; sql: string }>(
    `select has_database_privilege(current_database(), 'create') as may,
            format('GRANT CREATE ON DATABASE %I TO %I;', current_database(), current_user) as sql`,
  )
  const [create] = rows
  if (!create || create.may) return []
  return [{ what: 'CREATE on the database', state: 'wrong', found: 'The app’s role lacks it.', mend: create.sql }]
}

async function checkOwned(client: Client, { owned, source }: DiagnoseOptions): Promise<Check[]> {
  const checks: Check[] = []
  for (const each of owned.filter(({ tables }) => tables.length > 0)) {
    const what = `tables of ${each.domain}`
    const { owners, pending, mend } = await lookAtOwned(client, each, source)
    if (owners.length > 0) {
      checks.push({ what, state: 'note', found: `They belong to ${owners.join(', ')}, not to the app.`, mend })
    } else if (pending.length > 0) {
      checks.push({ what, state: 'note', found: `The next start runs ${pending.join(', ')}.` })
    } else checks.push({ what, state: 'ok', found: 'They are the app’s, and up to date.' })
  }
  return checks
}

/** Names, columns, types, rights, and policies that bind. */
function checkTables({ problems }: Tables, { tables }: DiagnoseOptions): Check[] {
  return tables.map(({ key }): Check => {
    const found = problems.filter(({ table }) => table === key)
    if (found.length === 0) return { what: `table ${key}`, state: 'ok', found: 'It is as declared, and may be read.' }
    const mends = [...new Set(found.map(({ mend }) => mend))]
    return {
      what: `table ${key}`,
      state: 'wrong',
      found: found.map(({ problem }) => problem).join(' '),
      mend: mends.join('\n'),
    }
  })
}

async function checkUnbound(client: Client): Promise<Check[]> {
  const what = 'roles above row-level security'
  const roles = await rolesAboveRowSecurity(client)
  if (roles.length === 0) return [{ what, state: 'ok', found: 'There are none that may log in.' }]
  const found = `${roles.join(', ')}: no policy binds them, so as viewers they are shown nothing that depends on who asks.`
  return [{ what, state: 'note', found, mend: 'For those who are to be viewers: ALTER ROLE "…" NOBYPASSRLS;' }]
}

async function checkIndexes(
  client: Client,
  { tables: definitions }: DiagnoseOptions,
  tables: Tables,
): Promise<Check[]> {
  const what = 'indexes for the declared orders'
  const missing: string[] = []
  for await (const { sql } of missingIndexes(client, definitions, tables)) missing.push(`${sql};`)
  if (missing.length === 0) return [{ what, state: 'ok', found: 'All of them are there.' }]
  const found = `${missing.length} are missing: lists in those orders read the whole table. The app makes them after its start, where it may (see “indexes on …”); else:`
  return [{ what, state: 'note', found, mend: missing.join('\n') }]
}
