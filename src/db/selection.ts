import type { Sql } from 'sql-template-tag'
import type { ResolvedTable } from './tables.ts'

/** A select list and the names that its values get in a row. */
export interface Selection {
  readonly names: readonly string[]
  readonly expressions: readonly Sql[]
}

/** `id` first, then those of `wanted` that the table has: a field made from a missing one says so itself. */
export function selectColumns(table: ResolvedTable, id: string, wanted: readonly string[]): Selection {
  const names = [id, ...wanted.filter((name) => name !== id && table.has(name))]
  return { names, expressions: names.map((name) => table.expression(name)) }
}
