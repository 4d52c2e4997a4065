import { type Row, rowsByIds, type TableDefinition } from '../db/index.ts'
import { defineLoader, type Loader } from './define-loader.ts'

/** A row to load by its key, and the columns of it that are asked for. */
export interface RowKey {
  readonly id: string
  readonly columns: readonly string[]
}

/** Loads rows of a table by their keys: each once, with every column that any of the loads wants. */
export function defineRowLoader(definition: TableDefinition): Loader<RowKey, Row> {
  const { idColumn, columns } = definition
  const isNumber = columns[idColumn]?.family === 'integer'
  // As Postgres writes it, whatever zeros a client has put in front.
  const keyOf = (id: string): string => (isNumber ? BigInt(id).toString() : id)
  return defineLoader<RowKey, Row>({
    name: `${definition.key}.byId`,
    audience: definition.audience,
    // The same row with other columns is another load, of the same statement.
    idOf: ({ id, columns: wanted }) => `${id} ${wanted.join(' ')}`,
    narrow: ({ id }) => ({ table: definition, id: keyOf(id) }),
    statement(tables, keys, all) {
      const ids = [...new Set(keys.map((key) => key.id))]
      return rowsByIds(tables, definition, ids, [...new Set(all.flatMap((key) => key.columns))].sort())
    },
    pick(rows) {
      const byId = new Map(rows.map((row) => [row[idColumn], row]))
      return ({ id }) => byId.get(keyOf(id))
    },
  })
}
