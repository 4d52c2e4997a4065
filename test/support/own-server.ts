import { execFileSync } from 'node:child_process'
import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Logins, setUpData, setUpLogins, withClient } from '../../local/platform/platform.ts'
import { type PostgresServer, startPostgres } from '../../local/postgres/launcher.ts'

/** A Postgres of a test's own, to be stopped and started, always on the same port. */
export interface OwnServer {
  readonly host: string
  readonly port: number
  readonly logins: Logins
  readonly database: string
  start(): Promise<void>
  stop(): Promise<void>
  /** While it is stopped: starts from a copy of its files, as they were when the copy was made. */
  readonly copies: { make(): void; startFrom(): Promise<void> }
  /** As if nothing had ever been minted. */
  forgetCredentials(): Promise<void>
  /** Stops it and removes its files. */
  remove(): Promise<void>
}

const SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '60' }

export async function startOwnServer(): Promise<OwnServer> {
  const folder = mkdtempSync(join(tmpdir(), 'lakebase-graphql-own-'))
  const home = join(folder, 'postgres')
  let server: PostgresServer | undefined = await startPostgres({ home, settings: SETTINGS })
  const { host, port, home: files } = server
  const logins = await setUpLogins(server)
  const database = 'own'
  await setUpData(server, database, logins)
  const stop = async (): Promise<void> => {
    await server?.stop()
    server = undefined
  }
  return {
    host,
    port,
    logins,
    database,
    stop,
    async start() {
      server ??= await startPostgres({ home, port, settings: SETTINGS })
    },
    copies: {
      // With its owner, who isn't whoever runs this.
      make: () => void execFileSync('cp', ['-a', files, `${files}-copy`]),
      async startFrom() {
        rmSync(files, { recursive: true, force: true })
        renameSync(`${files}-copy`, files)
        server ??= await startPostgres({ home, port, settings: SETTINGS })
      },
    },
    forgetCredentials: () =>
      withClient({ host, port }, 'postgres', logins.postgres, async (client) => {
        await client.query('delete from platform.credentials')
      }),
    async remove() {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
