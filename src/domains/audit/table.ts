import type { TableDefinition } from '../../db/index.ts'
import { AppError } from '../../kernel/errors.ts'

/** Who changed what. Triggers write it, operators read it, nobody changes it; made by `src/db/migrations`. */
export const audit = {
  key: 'audit',
  origin: 'owned',
  audience: 'viewer',
  schema: 'lakebase_graphql',
  table: 'audit',
  idColumn: 'id',
  columns: {
    id: { column: 'id', family: 'integer', description: 'The entry’s number.' },
    at: { column: 'at', family: 'timestamp', description: 'When it was changed.' },
    actor: {
      column: 'actor',
      family: 'text',
      description: 'Who changed it: the role that had logged in, or the viewer for whom the app asked.',
    },
    action: { column: 'action', family: 'text', description: 'What was done.' },
    table: { column: 'table_name', family: 'text', description: 'Schema and name of the table.' },
    row: { column: 'row_id', family: 'text', description: 'The row’s key; null where all rows were removed at once.' },
    before: { column: 'before', family: 'json', description: 'The row as it was; null for a new one.' },
    after: { column: 'after', family: 'json', description: 'The row as it became; null where it was removed.' },
    requestId: {
      column: 'request_id',
      family: 'text',
      description: 'The `X-Request-Id` of the request, as whoever changed it said; null for changes past this API.',
    },
  },
  computed: {},
  indexes: [],
} as const satisfies TableDefinition

/** What entries can be ordered by. */
export type AuditOrderField = 'at'

export const ACTIONS = {
  INSERT: { value: 'INSERT', description: 'A row was added.' },
  UPDATE: { value: 'UPDATE', description: 'A row was changed.' },
  DELETE: { value: 'DELETE', description: 'A row was removed.' },
  TRUNCATE: { value: 'TRUNCATE', description: 'All rows were removed at once.' },
} as const
export type Action = keyof typeof ACTIONS

/** @throws AppError UNREPRESENTABLE_VALUE for what isn't one of them. */
export function toAction(stored: string): Action {
  if (stored in ACTIONS) return stored as Action
  throw new AppError('UNREPRESENTABLE_VALUE', 'The stored action is none of those that this API knows.')
}
