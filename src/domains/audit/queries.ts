import sql from 'sql-template-tag'
import { type Order, type Page, rowsPage, type Statement, statement, type Tables } from '../../db/index.ts'
import { type AuditFilter, auditConditions } from './filter.ts'
import { type AuditOrderField, audit } from './table.ts'

export interface AuditPage {
  readonly filter: AuditFilter
  readonly order: Order<AuditOrderField>
  readonly page: Page
  readonly columns: readonly string[]
}

/** One page of entries, and one more if there are more. */
export function auditPage(tables: Tables, { filter, ...rest }: AuditPage): Statement {
  const where = auditConditions(tables.get(audit), filter)
  const { names, sql: text } = rowsPage(tables, audit, { where, ...rest })
  return statement('audit.page', names, text)
}

/** Where an export goes on: after this transaction, and this entry of it. */
export interface AuditPosition {
  readonly transaction: string
  readonly id: string
}

/** Whether there is something that an export would leave out for ever: entries, or a cursor, of another server. */
export function auditForeign(tables: Tables, { transaction }: AuditPosition): Statement {
  const table = tables.get(audit)
  const text = sql`
    select exists (select from ${table.sql} where ${table.guard} and transaction >= pg_snapshot_xmax(pg_current_snapshot())),
           ${transaction}::xid8 >= pg_snapshot_xmax(pg_current_snapshot())`
  return statement('audit.foreign', ['entries', 'cursor'], text)
}

/**
 * Entries in the order of their transactions, as lines of JSON. Only of transactions before which none is still open: those that
 * come later all lie after, so whoever goes on from the last line misses none.
 */
export function auditExport(tables: Tables, { transaction, id }: AuditPosition, size: number): Statement {
  const table = tables.get(audit)
  const text = sql`
    select transaction::text || '.' || id::text, json_build_object(
             'cursor', transaction::text || '.' || id::text, 'at', at, 'actor', actor, 'action', action, 'table', table_name,
             'row', row_id, 'before', before, 'after', after, 'requestId', request_id)
      from ${table.sql}
     where ${table.guard} and (transaction, id) > (${transaction}::xid8, ${id}::bigint)
       and transaction < pg_snapshot_xmin(pg_current_snapshot())
     order by transaction, id limit ${size}`
  return statement('audit.export', ['cursor', 'line'], text)
}
