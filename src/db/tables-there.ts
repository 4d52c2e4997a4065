import { AppError } from '../kernel/errors.ts'
import type { TableDefinition, Tables } from './tables.ts'

/** Those tables that are there, with their quoted names. */
export function tablesThere(
  tables: Pick<Tables, 'get'>,
  definitions: readonly TableDefinition[],
): { readonly definition: TableDefinition; readonly name: string }[] {
  return definitions.flatMap((definition) => {
    try {
      return [{ definition, name: tables.get(definition).sql.text }]
    } catch (error) {
      if (error instanceof AppError) return []
      throw error
    }
  })
}
