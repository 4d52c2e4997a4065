import { randomBytes } from 'node:crypto'
import { type Client, escapeIdentifier, escapeLiteral } from 'pg'

/** The app's own role: on the platform, the client id of its service principal. */
export const APP_ROLE = '7c1f0d0e-52b6-4c0f-9a3e-3b1a5d8e9f10'
/** Logs in to fill the synced tables, and owns what stands for Unity Catalog. */
export const PIPELINE_ROLE = 'lakehouse_pipeline'
/** Owns the synced tables. Nobody can log in as it. */
export const WRITER_ROLE = 'databricks_writer_16400'

export type Passwords = Readonly<Record<typeof APP_ROLE | typeof PIPELINE_ROLE, string>>

/** Makes the roles where they are missing and gives those that log in new passwords. Run by the superuser. */
export async function setUpRoles(superuser: Client): Promise<Passwords> {
  const passwords = {
    [APP_ROLE]: randomBytes(18).toString('base64url'),
    [PIPELINE_ROLE]: randomBytes(18).toString('base64url'),
  }
  await ensureRole(superuser, WRITER_ROLE)
  for (const [role, password] of Object.entries(passwords)) {
    await ensureRole(superuser, role)
    await superuser.query(`alter role ${escapeIdentifier(role)} login inherit password ${escapeLiteral(password)}`)
    // Membership lets the app make indexes (as the platform's "managers" may) and the pipeline swap partitions.
    await superuser.query(`grant ${escapeIdentifier(WRITER_ROLE)} to ${escapeIdentifier(role)}`)
  }
  return passwords
}

async function ensureRole(superuser: Client, role: string): Promise<void> {
  const found = await superuser.query('select from pg_roles where rolname = $1', [role])
  if (found.rowCount === 0) await superuser.query(`create role ${escapeIdentifier(role)} nologin`)
}
