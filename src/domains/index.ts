import { auditing } from './audit/index.ts'
import { campaigns } from './campaigns/index.ts'
import type { Domain } from './domain.ts'
import { holidays } from './holidays/index.ts'
import { platform } from './platform/index.ts'
import { trips } from './trips/index.ts'

export { createSchema } from './schema.ts'

/** All domains: adding one is one line here, and its import. */
export const domains: readonly Domain[] = [trips, campaigns, holidays, platform, auditing]

/** What pipelines write and the app reads, by the names that the domains declare. */
export function syncedTables(): { readonly key: string; readonly name: string; readonly idColumn: string }[] {
  return domains
    .flatMap(({ tables }) => tables)
    .flatMap(({ key, origin, schema, table, columns, idColumn }) =>
      origin === 'synced' ? [{ key, name: `${schema}.${table}`, idColumn: columns[idColumn]?.column ?? idColumn }] : [],
    )
}
