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
  /** Of the rows that have changed; null if there were more than are listed. */
  readonly keys: readonly string[] | null
  /** Their old and new values, by column. */
  readonly values: Readonly<Record<string, readonly (string | null)[]>> | null
  /** The columns that lists depend on. */
  readonly columns: readonly string[]
}

/** Tags of everything that it may have changed. */
export function tagsOfChange({ table, keys, values, columns }: TableChange): string[] {
  // Where the values of a column aren't known, there is no saying which lists are meant.
  if (keys === null || values === null || columns.some((column) => !(column in values))) return tagsOfTable(table)
  const listed = columns.flatMap((column) =>
    (values[column] ?? []).map((value) => valueTag(table, column, value ?? 'NULL')),
  )
  return [table, ...keys.map((key) => rowTag(table, key)), ...listed]
}

/** Tags that everything made from a table has one of. */
export function tagsOfTable(table: string): string[] {
  return [table, wholeTag(table)]
}
