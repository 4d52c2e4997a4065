import { AppError } from '../kernel/errors.ts'
import { rowSecurityGuard, rulesGuard } from './row-security.ts'
import type { ResolvedColumn, ResolvedTable, TableDefinition, TableProblem } from './tables.ts'

/** Why something isn't there, and how to mend it. */
export type Problem = Omit<TableProblem, 'table'> & { readonly code?: 'FORBIDDEN' }
export type ColumnResolution = ResolvedColumn | Problem

/** A table whose columns have been looked up, or declared. */
export function toResolvedTable(
  sql: ResolvedTable['sql'],
  display: string,
  definition: TableDefinition,
  columns: ReadonlyMap<string, ColumnResolution>,
): ResolvedTable {
  const find = (name: string): ColumnResolution => {
    const column = columns.get(name)
    if (!column) throw new Error(`${display} declares no column "${name}" in its table.ts`)
    return column
  }
  const column = (name: string): ResolvedColumn => {
    const found = find(name)
    if (!('problem' in found)) return found
    throw new AppError(found.code ?? 'TABLE_UNAVAILABLE', found.problem)
  }
  const table: ResolvedTable = {
    sql,
    display,
    guard: definition.audience === 'viewer' ? rowSecurityGuard(sql.text) : undefined,
    rules: definition.writable ? rulesGuard(sql.text) : undefined,
    column,
    has: (name) => (definition.computed[name]?.from ?? [name]).every((part) => !('problem' in find(part))),
    limitedTo: (readable) => {
      const limited = Array.from(columns, ([name, column]) => [name, limit(column, readable, display)] as const)
      return toResolvedTable(sql, display, definition, new Map(limited))
    },
    expression(name) {
      const { [name]: made } = definition.computed
      for (const part of made?.from ?? []) column(part)
      return made?.sql(table) ?? column(name).sql
    },
    typeOf(name) {
      const { [name]: made } = definition.computed
      if (made && !made.type) throw new Error(`${display} declares no type for "${name}" in its table.ts`)
      return made?.type ?? column(name).type
    },
  }
  return table
}

function limit(column: ColumnResolution, readable: ReadonlySet<string>, display: string): ColumnResolution {
  if ('problem' in column || readable.has(column.name)) return column
  const problem = `You may not read "${column.name}" of ${display}.`
  return { code: 'FORBIDDEN', problem, mend: `Its owner runs: GRANT SELECT ("${column.name}") ON ${display} TO …` }
}
