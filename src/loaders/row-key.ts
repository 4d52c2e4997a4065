/** A row to load by its key, and the columns of it that are asked for. */
export interface RowKey {
  readonly id: string
  readonly columns: readonly string[]
}

/** Tells row keys apart: the same row with other columns is another load, of the same statement. */
export function rowKeyId({ id, columns }: RowKey): string {
  return `${id} ${columns.join(' ')}`
}

/** What one statement has to read for all of `keys`: each row once, and every column that any of them wants. */
export function mergeRowKeys(keys: readonly RowKey[]): { ids: string[]; columns: string[] } {
  return {
    ids: [...new Set(keys.map((key) => key.id))],
    columns: [...new Set(keys.flatMap((key) => key.columns))].sort(),
  }
}
