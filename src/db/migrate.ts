import { runner } from 'node-pg-migrate'
import type { Client } from 'pg'
import type { Observe } from '../kernel/observe.ts'

/** The schema that the app owns for its own affairs. */
export const OWN_SCHEMA = 'lakebase_graphql'
/** How long to wait for another instance that migrates just now, and for the locks that a migration takes. */
const LOCK_WAIT = '30s'

/**
 * Brings the app's schemas up to date: the plain SQL files below `source` (that is `src/`), `db/migrations` and each
 * domain's `migrations`, in the order of their timestamps, in one transaction, under an advisory lock. Run on a connection of the app's role, which comes to own what is made.
 */
export async function migrate(client: Client, source: string, observe: Observe): Promise<void> {
  await client.query(`set statement_timeout = '${LOCK_WAIT}'`)
  await runner({
    dbClient: client,
    dir: ['db', 'domains/*'].map((folder) => `${escapeGlob(source)}/${folder}/migrations/*.sql`),
    useGlob: true,
    direction: 'up',
    migrationsSchema: OWN_SCHEMA,
    migrationsTable: 'migrations',
    createMigrationsSchema: true,
    advisoryLockMode: 'wait',
    logger: {
      debug: () => undefined,
      info: (message: string) => {
        if (message.startsWith('###')) observe({ event: 'migration', message: message.replace(/^#+\s*/, '').trim() })
      },
      warn: (message: string) => observe({ event: 'migration', message }),
      error: (message: string) => observe({ event: 'migration', message }),
    },
  })
}

/** A folder may have characters in its name that mean something in a pattern. */
function escapeGlob(folder: string): string {
  return folder.replace(/[*?[\]{}()!|@+\\]/g, '\\$&')
}
