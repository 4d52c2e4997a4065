import { randomBytes } from 'node:crypto'
import { type Client, escapeIdentifier, escapeLiteral } from 'pg'

/** A password of a role, as Lakebase mints it. */
export interface Minted {
  readonly token: string
  readonly expiresAt: Date
}

const LIFE_MS = 3_600_000
/** A credential is given again until so little of its life is left: a role of plain Postgres has only one password. */
const LEAST_LEFT = 0.25

/** Where minted passwords are kept, so that all who mint for a role agree on it. In the database `postgres`. */
const LEDGER = `
  create schema if not exists platform;
  create table if not exists platform.credentials (role text primary key, token text not null, expires_at timestamptz not null)`

/** Run once by the superuser in the database `postgres`, before anything is minted. */
export async function setUpCredentials(superuser: Client): Promise<void> {
  await superuser.query(LEDGER)
}

/**
 * Gives a role its password for the next hour, or for `lifeMs`: the one it has, as long as that holds for a while. Mints
 * of a role come one after the other. Run by the superuser in the database `postgres`.
 * @returns undefined if there is no such role, or it may not log in.
 */
export async function mint(superuser: Client, role: string, lifeMs = LIFE_MS): Promise<Minted | undefined> {
  await superuser.query('begin')
  try {
    await superuser.query("select pg_advisory_xact_lock(hashtext('mint ' || $1))", [role])
    const found = await superuser.query('select from pg_roles where rolname = $1 and rolcanlogin', [role])
    const minted =
      found.rowCount === 0
        ? undefined
        : ((await heldBy(superuser, role, lifeMs)) ?? (await renew(superuser, role, lifeMs)))
    await superuser.query('commit')
    return minted
  } catch (error) {
    await superuser.query('rollback')
    throw error
  }
}

async function heldBy(superuser: Client, role: string, lifeMs: number): Promise<Minted | undefined> {
  const { rows } = await superuser.query('select token, expires_at from platform.credentials where role = $1', [role])
  const [row] = rows
  if (!row || row.expires_at.getTime() - Date.now() < lifeMs * LEAST_LEFT) return undefined
  return { token: row.token, expiresAt: row.expires_at }
}

async function renew(superuser: Client, role: string, lifeMs: number): Promise<Minted> {
  const token = randomBytes(24).toString('base64url')
  const expiresAt = new Date(Date.now() + lifeMs)
  const until = escapeLiteral(expiresAt.toISOString())
  await superuser.query(`alter role ${escapeIdentifier(role)} password ${escapeLiteral(token)} valid until ${until}`)
  await superuser.query(
    `insert into platform.credentials values ($1, $2, $3)
     on conflict (role) do update set token = excluded.token, expires_at = excluded.expires_at`,
    [role, token, expiresAt],
  )
  return { token, expiresAt }
}
