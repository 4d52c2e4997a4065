import { type Row, rowsByIds, type TableDefinition } from '../db/index.ts'
import { defineLoader, type Loader } from './define-loader.ts'

/** A row to load by its key, and the columns of it that are asked for. */
export interface RowKey {
  readonly id: string
  readonly columns: readonly string[]
}

/** Loads rows of a table by their keys: each once, with every column that any of the loads wants. */
export function defineRowLoader(definition: TableDefinition): Loader<RowKey, Row> {
  return defineLoader<RowKey, Row>({
    name: `${definition.key}.byId`,
    audience: definition.audience,
    // The same row with other columns is another load, of the same statement.
    idOf: ({ id, columns }) => `${id} ${columns.join(' ')}`,
    async fetch({ read }, keys) {
      const ids = [...new Set(keys.map((key) => key.id))]
      const columns = [...new Set(keys.flatMap((key) => key.columns))].sort()
      const rows = await read((tables) => rowsByIds(tables, definition, ids, columns))
      const byId = new Map(rows.map((row) => [row[definition.idColumn], row]))
      return ({ id }) => byId.get(id)
    },
  })
}
