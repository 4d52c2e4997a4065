import type { Sql } from 'sql-template-tag'
import { conditionsOn, type Given, type ResolvedTable, type Span } from '../../db/index.ts'
import type { Builder } from '../../graphql/index.ts'

/** Which entries. All conditions that are given must hold. */
export interface AuditFilter {
  readonly actor?: Given<string>
  readonly table?: Given<string>
  readonly row?: Given<string>
  readonly at?: Given<Span>
  readonly requestId?: Given<string>
}

/** Adds the input type of the filter. */
export function addAuditFilter(builder: Builder) {
  return builder.inputType('AuditFilter', {
    description: 'Which entries of the audit. All conditions that are given must hold.',
    fields: (t) => ({
      actor: t.string({ description: 'Who changed it.' }),
      table: t.string({ description: 'Schema and name of the table, `holidays.holiday_requests`.' }),
      row: t.string({ description: 'The row’s key: the number of a holiday request.' }),
      requestId: t.string({ description: 'The `X-Request-Id` of the request that changed it.' }),
      at: t.field({ type: builder.refs.dateTimeRange, description: 'When it was changed.' }),
    }),
  })
}

/** The same filter always has the same text, in whatever order a client wrote it. */
export function canonicalFilter({ actor, table, row, at, requestId }: AuditFilter): string {
  const texts = [actor, table, row, requestId, at?.from, at?.until]
  return JSON.stringify(texts.map((text) => text ?? null))
}

/** @throws AppError TABLE_UNAVAILABLE where a column is missing. */
export function auditConditions(
  table: ResolvedTable,
  { actor, table: of, row, at, requestId }: AuditFilter,
): readonly Sql[] {
  const conditions = conditionsOn(table)
  conditions.equals('actor', actor)
  conditions.equals('table', of)
  conditions.equals('row', row)
  conditions.equals('requestId', requestId)
  conditions.within('at', at)
  return conditions.all
}
