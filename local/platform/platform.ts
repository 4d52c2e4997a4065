import { Client } from 'pg'
import { APP_ROLE, PIPELINE_ROLE, setUpRoles } from '../lakehouse/roles.ts'
import { setUpDatabase, setUpLakehouse } from '../lakehouse/set-up.ts'
import { snapshotSync } from '../lakehouse/snapshot-sync.ts'
import type { PostgresServer } from '../postgres/launcher.ts'
import { type Minted, mint, setUpCredentials } from './credentials.ts'
import { PERSONAS } from './personas.ts'

export interface Login {
  readonly user: string
  readonly password: string
}

/** Logins to the platform's database, by who has them. */
export interface Logins {
  readonly app: Login
  readonly lakehouse: Login
  readonly postgres: Login
}

/** Runs `work` on a connection that is closed in any case. */
export async function withClient<T>(
  server: { readonly host: string; readonly port: number },
  database: string,
  login: Login,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const { host, port } = server
  const client = new Client({ host, port, database, ...login, connectionTimeoutMillis: 5_000 })
  // A connection that breaks says so by an event too, which nobody need hear: what is running on it fails by itself.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** The roles of the platform, with new passwords. */
export async function setUpLogins(server: PostgresServer): Promise<Logins> {
  return withClient(server, 'postgres', server.superuser, async (superuser) => {
    const password = await setUpRoles(superuser, PERSONAS)
    await setUpCredentials(superuser)
    const minted = await mint(superuser, APP_ROLE)
    if (!minted) throw new Error('the app’s role can’t log in')
    return {
      app: { user: APP_ROLE, password: minted.token },
      lakehouse: { user: PIPELINE_ROLE, password },
      postgres: server.superuser,
    }
  })
}

/** Mints as the workspace does, for `createWorkspaceApi`. */
export function minterFor(
  server: { readonly host: string; readonly port: number },
  superuser: Login,
  lifeMs?: number,
): (role: string) => Promise<Minted | undefined> {
  return (role) => withClient(server, 'postgres', superuser, (client) => mint(client, role, lifeMs))
}

/** A database as the app finds it: attached, with a lakehouse, whose tables have been synced once. */
export async function setUpData(
  server: PostgresServer,
  database: string,
  logins: Logins,
  onProgress: (step: string) => void = () => undefined,
): Promise<void> {
  await withClient(server, 'postgres', server.superuser, (client) => setUpDatabase(client, database))
  onProgress('loading sample data into the lakehouse')
  const unsynced = await withClient(server, database, server.superuser, setUpLakehouse)
  await withClient(server, database, logins.lakehouse, async (pipeline) => {
    for (const table of unsynced) {
      onProgress(`syncing ${table.schema}.${table.table}`)
      await snapshotSync(pipeline, table)
    }
  })
}
