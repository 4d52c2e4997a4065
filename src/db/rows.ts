import sql, { join, type Sql } from 'sql-template-tag'
import { keysetPage, type Page } from './keyset.ts'
import { selectColumns } from './selection.ts'
import { type Statement, statement } from './statement.ts'
import type { ResolvedColumn, ResolvedTable, TableDefinition, Tables } from './tables.ts'

/** An order of rows: by a column, computed or not, then by the key. */
export interface Order<Field extends string = string> {
  readonly field: Field
  readonly direction: 'asc' | 'desc'
}

/** Rows by their keys; those that don't exist are missing from the answer. */
export function rowsByIds(
  tables: Tables,
  definition: TableDefinition,
  ids: readonly string[],
  columns: readonly string[],
): Statement {
  const table = tables.get(definition)
  const { names, expressions } = selectColumns(table, definition.idColumn, columns)
  const id = table.column(definition.idColumn)
  const where = [...guards(table), sql`${id.sql} = any(${ids}::${keysType(id)}[])`]
  const text = sql`select ${join(expressions, ', ')} from ${table.sql} where ${join(where, ' and ')}`
  return statement(`${definition.key}.byIds`, names, text)
}

export interface RowsPage {
  /** Conditions that must all hold. */
  readonly where: readonly Sql[]
  readonly order: Order
  readonly page: Page
  readonly columns: readonly string[]
}

/** A piece of SQL that selects, and the names of what it selects. */
export interface Select {
  readonly names: readonly string[]
  readonly sql: Sql
}

/** One page of rows, and one row more if there are more: the key, the order’s column, the `columns` that the table has. */
export function rowsPage(tables: Tables, definition: TableDefinition, request: RowsPage): Select {
  const { where, order, page, columns } = request
  const table = tables.get(definition)
  const value = table.expression(order.field)
  const wanted = columns.includes(order.field) ? columns : [...columns, order.field]
  const { names, expressions } = selectColumns(table, definition.idColumn, wanted)
  const id = table.column(definition.idColumn)
  const backwards = order.direction === 'asc' ? 'desc' : 'asc'
  const select = keysetPage({
    from: table.sql,
    columns: expressions,
    value,
    type: table.typeOf(order.field),
    id: id.sql,
    idType: id.type,
    direction: page.backwards ? backwards : order.direction,
    where: [...guards(table), ...where],
    after: page.from,
    limit: page.size + 1,
  })
  return { names, sql: select }
}

/** What every read of it must have among its conditions. */
function guards({ guard }: ResolvedTable): Sql[] {
  return guard ? [guard] : []
}

/** Wide enough for every key that a client may ask for: one that is too large for the column is just not there. */
function keysType({ type }: ResolvedColumn): Sql {
  return type.text === 'integer' || type.text === 'smallint' ? sql`bigint` : type
}
