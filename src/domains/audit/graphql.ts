import type { Order, Page, Row } from '../../db/index.ts'
import {
  addOrder,
  type Builder,
  fromColumn,
  type GraphQLContext,
  loadPage,
  type PageArguments,
  pageCost,
  selectedColumns,
  toDateTime,
} from '../../graphql/index.ts'
import { type AuditFilter, addAuditFilter, canonicalFilter } from './filter.ts'
import { auditPage } from './queries.ts'
import { ACTIONS, type AuditOrderField, audit, toAction } from './table.ts'

const LATEST_FIRST: Order<AuditOrderField> = { field: 'at', direction: 'desc' }

/** Adds the audit, for operators. */
export function addAudit(builder: Builder): void {
  const entry = addEntryType(builder)
  const filter = addAuditFilter(builder)
  const order = addOrder(builder, {
    name: 'Audit',
    things: 'entries of the audit',
    tieBreaker: 'their number',
    by: { AT: { value: 'at', description: 'When it was changed.' } },
  })
  builder.queryField('auditEntries', (t) =>
    t.connection(
      {
        type: entry,
        description: 'Who changed what, latest first unless ordered otherwise. For operators only.',
        // Policies show nobody else anything; this says so.
        authScopes: { operator: true },
        args: {
          filter: t.arg({ type: filter, description: 'Which entries; all of them by default.' }),
          orderBy: t.arg({ type: order, description: 'In which order; latest first by default.' }),
        },
        complexity: (args) => pageCost(args),
        resolve: (_root, { filter: given, orderBy, ...paging }, context, info) => {
          const columns = selectedColumns(info, 'AuditEntry')
          return loadEntries({ filter: given ?? {}, order: orderBy ?? LATEST_FIRST, paging, columns }, context)
        },
      },
      { name: 'AuditEntryConnection' },
      { name: 'AuditEntryEdge' },
    ),
  )
}

function addEntryType(builder: Builder) {
  const action = builder.enumType('AuditAction', { description: 'What was done to a row.', values: ACTIONS })
  return builder.objectRef<Row>('AuditEntry').implement({
    description: 'A change of a row.',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', ...fromColumn(audit, 'at', toDateTime) }),
      actor: t.string(fromColumn(audit, 'actor', String)),
      action: t.field({ type: action, ...fromColumn(audit, 'action', toAction) }),
      table: t.string(fromColumn(audit, 'table', String)),
      row: t.string(fromColumn(audit, 'row', String)),
      before: t.field({ type: 'JSON', ...fromColumn(audit, 'before', (text): unknown => JSON.parse(text)) }),
      after: t.field({ type: 'JSON', ...fromColumn(audit, 'after', (text): unknown => JSON.parse(text)) }),
      requestId: t.string(fromColumn(audit, 'requestId', String)),
    }),
  })
}

interface AuditList {
  readonly filter: AuditFilter
  readonly order: Order<AuditOrderField>
  readonly paging: PageArguments
  readonly columns: readonly string[]
}

function loadEntries({ filter, order, paging, columns }: AuditList, context: GraphQLContext) {
  const request = {
    list: `auditEntries ${order.field} ${order.direction} ${canonicalFilter(filter)}`,
    paging,
    idColumn: audit.idColumn,
    orderColumn: order.field,
    read: (page: Page) => context.load.read('viewer', (tables) => auditPage(tables, { filter, order, page, columns })),
  }
  return loadPage(request, context)
}
