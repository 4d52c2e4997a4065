/**
 * Names of what may change. Of a table T: `T`, anything in it; `T!`, more of it than is listed; `T:4`, the row with that
 * key; `T?status=Pending`, the rows that have or had that value.
 */
export const wholeTag = (table: string): string => `${table}!`
export const rowTag = (table: string, key: string): string => `${table}:${key}`
export const valueTag = (table: string, column: string, value: string): string => `${table}?${column}=${value}`

/** A change of a table, as far as tags depend on it. */
export interface TableChange {
  readonly table: string
  /** Of each row that has changed, as it was and as it is: its key and its values in `columns`; null if there were too many. */
  readonly rows: readonly (readonly (string | null)[])[] | null
  /** The columns that lists depend on. */
  readonly columns: readonly string[]
}

/** Tags of everything that it may have changed. */
export function tagsOfChange({ table, rows, columns }: TableChange): string[] {
  const tags = new Set([table])
  for (const [key, ...values] of rows ?? []) {
    // Where values aren't those of the columns, there is no saying which lists are meant.
    if (key == null || values.length !== columns.length) return tagsOfTable(table)
    tags.add(rowTag(table, key))
    for (const [at, column] of columns.entries()) tags.add(valueTag(table, column, values[at] ?? 'NULL'))
  }
  return rows === null ? tagsOfTable(table) : [...tags]
}

/** Tags that everything made from a table has one of. */
export function tagsOfTable(table: string): string[] {
  return [table, wholeTag(table)]
}
