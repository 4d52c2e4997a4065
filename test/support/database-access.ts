import type { Client } from 'pg'
import { type Login, minterFor, withClient } from '../../local/platform/platform.ts'
import type { TestServer } from './test-server.ts'

type Server = Pick<TestServer, 'host' | 'port' | 'logins'>

/** Postgres as others than the app see it. */
export interface DatabaseAccess {
  /** As if nothing had been minted for this role yet. */
  forgetCredential(role: string): Promise<void>
  /** As one of the logins of the platform (`postgres` may do everything), or as a viewer's role. */
  sql<T>(work: (client: Client) => Promise<T>, login?: string): Promise<T>
}

export function accessTo(server: Server, database: string): DatabaseAccess {
  return {
    forgetCredential: (role) =>
      withClient(server, 'postgres', server.logins.postgres, async (client) => {
        await client.query('delete from platform.credentials where role = $1', [role])
      }),
    sql: async (work, login = 'postgres') => withClient(server, database, await loginOf(server, login), work),
  }
}

/** A viewer logs in by a password that is minted, as anywhere. */
async function loginOf(server: Server, name: string): Promise<Login> {
  const { logins } = server
  if (name === 'app' || name === 'lakehouse' || name === 'postgres') return logins[name]
  const minted = await minterFor(server, logins.postgres)(name)
  if (!minted) throw new Error(`there is no role ${name}`)
  return { user: name, password: minted.token }
}
