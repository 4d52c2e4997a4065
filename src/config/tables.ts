import type { TableDefinition, TableNames } from '../db/index.ts'
import { type Environment, toList } from './settings.ts'

/** `TRIPS_TABLE=schema.table` and `TRIPS_COLUMNS=fare=total,pickupAt=started`. */
export function namesFrom(environment: Environment, definition: TableDefinition, problems: string[]): TableNames {
  if (definition.origin === 'owned') return defaultNames(definition) // our migrations name it
  const prefix = definition.key.toUpperCase()
  const { schema, table } = defaultNames(definition)
  const name = environment[`${prefix}_TABLE`] || `${schema}.${table}`
  const parts = name.split('.')
  if (parts.length !== 2 || parts.includes('')) problems.push(`${prefix}_TABLE must be schema.table, but is "${name}".`)
  const columns: Record<string, string> = {}
  for (const pair of (environment[`${prefix}_COLUMNS`] ?? '').split(',').filter((text) => text.trim() !== '')) {
    const [ours = '', theirs = ''] = pair.split('=').map((part) => part.trim())
    if (!(ours in definition.columns) || theirs === '') {
      const known = Object.keys(definition.columns).join(', ')
      problems.push(`${prefix}_COLUMNS: "${pair}" must be name=column, with a name out of: ${known}.`)
    }
    columns[ours] = theirs
  }
  return { schema: parts[0] ?? schema, table: parts[1] ?? table, columns }
}

/** The names that a domain declares. */
export function defaultNames({ schema, table }: TableDefinition): TableNames {
  return { schema, table, columns: {} }
}

/** `PUBLIC_TABLES=taxi.trips_synced,…`: names of tables that the app knows, as their settings have them. */
export function readPublicTables(
  environment: Environment,
  names: ReadonlyMap<TableDefinition, TableNames>,
  problems: string[],
): (definition: TableDefinition) => boolean {
  const listed = toList(environment['PUBLIC_TABLES'] ?? '')
  // Rows that depend on who asks are nobody's to share.
  const shared = [...names].filter(([{ audience }]) => audience === 'everyone')
  const known = new Map(shared.map(([definition, { schema, table }]) => [`${schema}.${table}`, definition]))
  const unknown = listed.filter((name) => !known.has(name))
  if (unknown.length > 0) {
    problems.push(`PUBLIC_TABLES: there is no ${unknown.join(', ')}. It may list: ${[...known.keys()].join(', ')}.`)
  }
  const open = new Set(listed.map((name) => known.get(name)))
  return (definition) => open.has(definition)
}
