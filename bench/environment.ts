import { closeServer, listen } from '../local/platform/listen.ts'
import { createTokens, DEFAULT_PERSONA, findPersona } from '../local/platform/personas.ts'
import { createWorkspaceApi } from '../local/platform/workspace.ts'
import { startBenchDatabase } from './database.ts'

/** What subjects run against, and what requests to them carry. */
export interface BenchEnvironment {
  readonly variables: Readonly<Record<string, string>>
  /** Of every request to every subject: what the platform's proxy would send. */
  readonly headers: Readonly<Record<string, string>>
  stop(): Promise<void>
}

/** Postgres with the sample data, and a workspace that proves a token. */
export async function startBenchEnvironment(): Promise<BenchEnvironment> {
  const database = await startBenchDatabase()
  const tokens = createTokens()
  // Every subject logs in by the same password: nothing is minted.
  const workspace = await listen(createWorkspaceApi({ tokens, mint: async () => undefined }))
  const persona = findPersona(DEFAULT_PERSONA)
  if (!persona) throw new Error(`there is no ${DEFAULT_PERSONA}`)
  return {
    variables: {
      ...database.environment,
      VIEWER_ACCESS: 'claims',
      DATABRICKS_HOST: `http://127.0.0.1:${workspace.port}`,
    },
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'x-forwarded-access-token': tokens.of(persona),
      'x-forwarded-email': persona.userName,
      'x-forwarded-user': persona.userName,
    },
    async stop() {
      await closeServer(workspace.server)
      await database.stop()
    },
  }
}
