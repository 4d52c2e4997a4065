import { escapeIdentifier } from 'pg'
import { raw } from 'sql-template-tag'
import { toResolvedTable } from './resolved-table.ts'
import type { ColumnFamily, TableDefinition, Tables } from './tables.ts'

const USUAL_TYPE: Readonly<Record<ColumnFamily, string>> = {
  integer: 'bigint',
  float: 'double precision',
  timestamp: 'timestamp with time zone',
  date: 'date',
  text: 'text',
  boolean: 'boolean',
  json: 'jsonb',
}

/** Tables just as they are declared, for printing SQL without a database. */
export function declaredTables(definitions: readonly TableDefinition[]): Tables {
  return {
    problems: [],
    fingerprint: 'declared',
    authorization: 'declared',
    madeFrom: ({ schema, table }) => ({
      table: `"${schema}"."${table}"`,
      policies: [],
      keyed: false,
      columns: [],
      unfit: 'it is only declared',
    }),
    get(definition) {
      if (!definitions.includes(definition))
        throw new Error(`${definition.key} is in no domain of src/domains/index.ts`)
      const columns = Object.entries(definition.columns).map(
        ([name, { column, family, type = USUAL_TYPE[family] }]) =>
          [name, { name: column, sql: raw(escapeIdentifier(column)), type: raw(type) }] as const,
      )
      const sql = raw(`${escapeIdentifier(definition.schema)}.${escapeIdentifier(definition.table)}`)
      return toResolvedTable(sql, `${definition.schema}.${definition.table}`, definition, new Map(columns))
    },
  }
}
