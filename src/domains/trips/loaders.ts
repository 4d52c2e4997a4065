import type { Row } from '../../db/index.ts'
import { defineLoader, mergeRowKeys, type RowKey, rowKeyId } from '../../loaders/index.ts'
import { tripsByIds } from './queries.ts'

/** A trip by its number. */
export const tripById = defineLoader<RowKey, Row>({
  name: 'trips.byId',
  audience: 'everyone',
  idOf: rowKeyId,
  async fetch({ viewer, signal, db }, keys) {
    const { ids, columns } = mergeRowKeys(keys)
    const rows = await db.read({ viewer, signal, build: (tables) => tripsByIds(tables, ids, columns) })
    const byId = new Map(rows.map((row) => [row['id'], row]))
    return ({ id }) => byId.get(id)
  },
})
