import type { Tables } from '../../db/index.ts'
import type { Domain } from '../domain.ts'
import { exportAudit } from './export.ts'
import { addAudit } from './graphql.ts'
import { auditExport, auditForeign, auditPage } from './queries.ts'
import { audit } from './table.ts'

export const auditing: Domain = {
  name: 'audit',
  tables: [audit],
  examples: [
    `# Who changed what, for those whom OPERATORS names. All of it as lines of JSON: GET /api/audit
query Audit {
  auditEntries(first: 10) {
    nodes {
      at
      actor
      action
      table
      row
      before
      after
      requestId
    }
  }
}
`,
  ],
  addTo: addAudit,
  exports: { '/api/audit': exportAudit },
  samples(tables: Tables) {
    const columns = Object.keys(audit.columns).filter((name) => name !== 'id')
    const page = { size: 20, backwards: false, from: undefined }
    const latest = { filter: {}, order: { field: 'at', direction: 'desc' }, page, columns } as const
    const at = { from: '2026-11-23T00:00:00Z', until: '2026-11-24T00:00:00Z' }
    const filter = { actor: 'alice@example.com', table: 'holidays.holiday_requests', row: '4', at, requestId: 'a UUID' }
    return {
      'latest entries': auditPage(tables, latest),
      'with every filter': auditPage(tables, { ...latest, filter }),
      'of another server': auditForeign(tables, { transaction: '0', id: '0' }),
      'from a cursor on': auditExport(tables, { transaction: '0', id: '0' }, 500),
    }
  },
}
