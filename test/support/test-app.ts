import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { GraphQLSchema } from 'graphql'
import { inject } from 'vitest'
import { setUpDatabase } from '../../local/lakehouse/set-up.ts'
import { createFrontProxy } from '../../local/platform/front-proxy.ts'
import { closeServer, listen } from '../../local/platform/listen.ts'
import { findPersona, type Persona, type Tokens } from '../../local/platform/personas.ts'
import { withClient } from '../../local/platform/platform.ts'
import { ENDPOINT, type Fault } from '../../local/platform/workspace.ts'
import { createApp } from '../../src/app.ts'
import type { Observation } from '../../src/kernel/observe.ts'
import { appConfig } from './app-config.ts'
import { accessTo, type DatabaseAccess } from './database-access.ts'
import { type GraphQLAnswer, type PostOptions, post } from './post.ts'
import { noteOutput, noteSecrets } from './secrets.ts'
import { startPlatform, type TestPlatformOptions } from './test-platform.ts'
import type { TestServer } from './test-server.ts'

/** A running app on a database of its own, behind the platform's proxy, over real HTTP. */
export interface TestApp extends DatabaseAccess {
  /** The platform's proxy: what a client sees. */
  readonly url: string
  /** The app itself, for what the proxy would hide. */
  readonly appUrl: string
  readonly tokens: Tokens
  readonly alice: Persona
  /** The app's own password of the moment. */
  readonly appPassword: string
  readonly workspaceUrl: string
  /** What the workspace is told to do instead, by path. */
  readonly faults: Map<string, Fault>
  /** How often the workspace was asked anything. */
  workspaceCalls(): number
  readonly server: Pick<TestServer, 'host' | 'port'>
  readonly logins: TestServer['logins']
  readonly database: string
  /** Everything that was observed, oldest first. */
  readonly seen: Observation[]
  /** Names of the statements that were sent since the last call. */
  statements(): string[]
  query(document: string, variables?: object, persona?: string, more?: PostOptions): Promise<GraphQLAnswer>
  close(): Promise<void>
}

export interface TestAppOptions extends TestPlatformOptions {
  readonly environment?: Readonly<Record<string, string>>
  /** Another server than that of the test run. */
  readonly server?: Pick<TestServer, 'host' | 'port' | 'logins'>
  readonly database?: string
  readonly schema?: GraphQLSchema
  /** Don't wait until it is ready. */
  readonly unready?: boolean
}

/** A copy of the template, or one that was only just attached to the app; dropped by whoever asked for it. */
export async function createDatabase(as: 'template' | 'attached' = 'template'): Promise<string> {
  const { host, port, logins, template } = inject('server')
  const name = `test_${randomBytes(6).toString('hex')}`
  await withClient({ host, port }, 'postgres', logins.postgres, (client) =>
    setUpDatabase(client, name, as === 'template' ? template : undefined),
  )
  return name
}

export async function dropDatabase(name: string): Promise<void> {
  const { host, port, logins } = inject('server')
  await withClient({ host, port }, 'postgres', logins.postgres, (client) =>
    client.query(`drop database if exists ${name} with (force)`),
  )
}

export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const server = options.server ?? inject('server')
  const database = options.database ?? (await createDatabase())
  const platform = await startPlatform(server, options)
  const seen: Observation[] = []
  const config = appConfig(server, database, { ...environmentOn(platform), ...options.environment })
  const { schema } = options
  const app = createApp({ config, observe: (observation) => seen.push(observation), ...(schema && { schema }) })
  const main = await listen(app.listener)
  const { tokens } = platform
  const front = await listen(createFrontProxy({ appPort: main.port, tokens, defaultPersona: alice() }))
  const url = `http://127.0.0.1:${front.port}`
  const testApp: TestApp = {
    url,
    appUrl: `http://127.0.0.1:${main.port}`,
    tokens,
    alice: alice(),
    appPassword: server.logins.app.password,
    workspaceUrl: platform.workspaceUrl,
    faults: platform.faults,
    workspaceCalls: platform.calls,
    server,
    logins: server.logins,
    database,
    seen,
    statements: statementsOf(seen),
    query: (document, variables, persona, more) => post(url, document, variables, persona, more),
    ...accessTo(server, database),
    async close() {
      for (const each of [front.server, main.server, platform.server]) await closeServer(each)
      await app.close()
      noteSecrets([...tokens.all(), ...platform.minted])
      for (const observation of seen) noteOutput(observation)
      if (options.database === undefined) await dropDatabase(database)
    },
  }
  if (!options.unready) await untilReady(testApp.appUrl)
  testApp.statements()
  return testApp
}

/** What the platform sets for an app with a Lakebase database. */
function environmentOn({ workspaceUrl, tokens: { app } }: { workspaceUrl: string; tokens: Tokens }) {
  return {
    DATABRICKS_HOST: workspaceUrl,
    LAKEBASE_ENDPOINT: ENDPOINT,
    DATABRICKS_CLIENT_ID: app.id,
    DATABRICKS_CLIENT_SECRET: app.secret,
    PGPASSWORD: '',
    VIEWER_ACCESS: 'login',
  }
}

function statementsOf(seen: readonly Observation[]): () => string[] {
  let read = 0
  return () => {
    const since = seen.slice(read)
    read = seen.length
    return since.flatMap((each) => (each.event === 'statement' && each.name !== 'db.rights' ? [each.name] : []))
  }
}

function alice(): Persona {
  const persona = findPersona('alice@example.com')
  if (!persona) throw new Error('there is no alice')
  return persona
}

/** Waits until a process that was just started listens. */
export async function untilLive(url: string): Promise<void> {
  await until(() =>
    fetch(`${url}/api/live`).then(
      ({ ok }) => ok,
      () => false,
    ),
  )
}

/** Waits for `/api/ready`. */
export async function untilReady(url: string, deadlineMs = 10_000): Promise<void> {
  await until(async () => (await fetch(`${url}/api/ready`)).ok, deadlineMs)
}

/** Waits until `condition` holds. @throws after the deadline. */
export async function until(condition: () => boolean | Promise<boolean>, deadlineMs = 10_000): Promise<void> {
  const deadline = performance.now() + deadlineMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${deadlineMs} ms: ${condition}`)
    await sleep(10)
  }
}
