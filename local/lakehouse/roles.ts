import { randomBytes } from 'node:crypto'
import { type Client, escapeIdentifier, escapeLiteral } from 'pg'

/** The app's own role: on the platform, the client id of its service principal. */
export const APP_ROLE = '7c1f0d0e-52b6-4c0f-9a3e-3b1a5d8e9f10'
/** Logs in to fill the synced tables, and owns what stands for Unity Catalog. */
export const PIPELINE_ROLE = 'lakehouse_pipeline'
/** Owns the synced tables. Nobody can log in as it. */
export const WRITER_ROLE = 'databricks_writer_16400'
/** What everybody who uses the app may do is granted to this role. */
export const VIEWERS_ROLE = 'lakebase_graphql_viewers'

/** Somebody who may log in, and the roles that are groups. */
export interface ViewerRole {
  readonly userName: string
  readonly groups: readonly string[]
}

/**
 * Makes the roles where they are missing: the app's and those of the `viewers`, whose passwords are minted, and the
 * pipeline's, whose new password is returned. Run by the superuser.
 */
export async function setUpRoles(superuser: Client, viewers: readonly ViewerRole[]): Promise<string> {
  await ensureRole(superuser, WRITER_ROLE)
  await ensureRole(superuser, VIEWERS_ROLE)
  for (const role of [APP_ROLE, PIPELINE_ROLE]) {
    await ensureRole(superuser, role)
    // Membership lets the app make indexes (as the platform's "managers" may) and the pipeline swap partitions.
    await superuser.query(`grant ${escapeIdentifier(WRITER_ROLE)} to ${escapeIdentifier(role)}`)
  }
  for (const { userName, groups } of viewers) {
    await ensureRole(superuser, userName)
    for (const group of [VIEWERS_ROLE, ...groups]) {
      await ensureRole(superuser, group)
      await superuser.query(`grant ${escapeIdentifier(group)} to ${escapeIdentifier(userName)}`)
    }
  }
  for (const role of [APP_ROLE, PIPELINE_ROLE, ...viewers.map(({ userName }) => userName)]) {
    await superuser.query(`alter role ${escapeIdentifier(role)} login inherit`)
  }
  const password = randomBytes(18).toString('base64url')
  await superuser.query(`alter role ${PIPELINE_ROLE} password ${escapeLiteral(password)}`)
  return password
}

async function ensureRole(superuser: Client, role: string): Promise<void> {
  const found = await superuser.query('select from pg_roles where rolname = $1', [role])
  if (found.rowCount === 0) await superuser.query(`create role ${escapeIdentifier(role)} nologin`)
}
