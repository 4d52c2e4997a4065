import { escapeIdentifier } from 'pg'
import { VIEWERS_ROLE } from '../local/lakehouse/roles.ts'
import { closeServer, listen } from '../local/platform/listen.ts'
import { createTokens, type Persona } from '../local/platform/personas.ts'
import { minterFor, withClient } from '../local/platform/platform.ts'
import { createWorkspaceApi, ENDPOINT } from '../local/platform/workspace.ts'
import { startBenchDatabase } from './database.ts'

const REQUESTS_EACH = 20

/** Many people with a role, a token and twenty holiday requests each, on the platform's side. */
export interface Viewers {
  /** Headers of each, as the platform's proxy would send them. */
  readonly headers: readonly Readonly<Record<string, string>>[]
  readonly workspaceUrl: string
  /** How the app logs in: with what it mints, and viewers with what they mint. */
  readonly lakebase: Readonly<Record<string, string>>
  /** How a role logs in that row-level security doesn't bind. */
  readonly superuser: Readonly<Record<string, string>>
  stop(): Promise<void>
}

export async function startViewers(count: number): Promise<Viewers> {
  const database = await startBenchDatabase()
  const { server, logins, name } = database
  const people = Array.from({ length: count }, (_, index) => toPersona(`viewer-${index}@example.com`))
  await withClient(server, name, logins.postgres, async (client) => {
    for (const { userName } of people) {
      await client.query(`create role ${escapeIdentifier(userName)} login in role ${VIEWERS_ROLE}`)
    }
    await client.query(
      `insert into holidays.holiday_requests (employee_name, start_date, end_date, status, requester)
       select who, date '2026-01-01' + day * 7, date '2026-01-03' + day * 7, 'Pending', who
         from unnest($1::text[]) who, generate_series(1, ${REQUESTS_EACH}) day`,
      [people.map(({ userName }) => userName)],
    )
    await client.query('vacuum analyze')
  })
  const tokens = createTokens(people)
  const workspace = await listen(createWorkspaceApi({ tokens, mint: minterFor(server, logins.postgres) }))
  const workspaceUrl = `http://127.0.0.1:${workspace.port}`
  const principal = { DATABRICKS_CLIENT_ID: tokens.app.id, DATABRICKS_CLIENT_SECRET: tokens.app.secret }
  return {
    headers: people.map((person) => ({
      'x-forwarded-access-token': tokens.of(person),
      'x-forwarded-email': person.userName,
    })),
    workspaceUrl,
    lakebase: {
      ...database.environment,
      ...principal,
      PGUSER: tokens.app.id,
      PGPASSWORD: '',
      LAKEBASE_ENDPOINT: ENDPOINT,
      DATABRICKS_HOST: workspaceUrl,
    },
    superuser: database.environment,
    async stop() {
      await closeServer(workspace.server)
      await database.stop()
    },
  }
}

function toPersona(userName: string): Persona {
  return { userName, displayName: userName, kind: 'user', about: '', groups: [] }
}
