import { AppError } from '../kernel/errors.ts'
import type { ResolvedColumn, ResolvedTable, TableDefinition, TableProblem } from './tables.ts'

/** Why something isn't there, and how to mend it. */
export type Problem = Omit<TableProblem, 'table'>
export type ColumnResolution = ResolvedColumn | Problem

/** A table whose columns have been looked up, or declared. */
export function toResolvedTable(
  sql: ResolvedTable['sql'],
  display: string,
  { computed }: TableDefinition,
  columns: ReadonlyMap<string, ColumnResolution>,
): ResolvedTable {
  const find = (name: string): ColumnResolution => {
    const column = columns.get(name)
    if (!column) throw new Error(`${display} declares no column "${name}" in its table.ts`)
    return column
  }
  const column = (name: string): ResolvedColumn => {
    const found = find(name)
    if ('problem' in found) throw new AppError('TABLE_UNAVAILABLE', found.problem)
    return found
  }
  const table: ResolvedTable = {
    sql,
    display,
    column,
    has: (name) => (computed[name]?.from ?? [name]).every((part) => !('problem' in find(part))),
    expression(name) {
      const made = computed[name]
      if (!made) return column(name).sql
      for (const part of made.from) column(part)
      return made.sql(table)
    },
    typeOf(name) {
      const made = computed[name]
      if (!made) return column(name).type
      if (!made.type) throw new Error(`${display} declares no type for "${name}" in its table.ts`)
      return made.type
    },
  }
  return table
}
