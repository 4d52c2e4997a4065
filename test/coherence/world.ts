import { inject } from 'vitest'
import { type FaultyProxy, startFaultyProxy } from '../support/faulty-proxy.ts'
import { createDatabase, dropDatabase, startTestApp, type TestApp } from '../support/test-app.ts'

/** Two instances of the app on one database, each with a way to Postgres of its own, on which things go wrong. */
export interface World {
  readonly instances: readonly Instance[]
  /** What the API answers without anything kept in memory, as JSON. */
  truth(query: string, persona: string): Promise<string>
  /** Straight to Postgres. */
  readonly sql: TestApp['sql']
  readonly database: string
  close(): Promise<void>
}

export interface Instance {
  readonly name: string
  readonly app: TestApp
  readonly proxy: FaultyProxy
}

/** What tests shorten, and what keeps a burst of requests from waiting for connections. */
const ENVIRONMENT = { DB_MAX_CONNECTIONS: '30', DB_MAX_CONNECTIONS_PER_VIEWER: '8', DB_IDLE_MS: '60000' }

export async function startWorld(environment: Readonly<Record<string, string>> = {}): Promise<World> {
  const database = await createDatabase()
  const start = async (name: string): Promise<Instance> => {
    const proxy = await startFaultyProxy(inject('server').port)
    const app = await startTestApp({
      database,
      environment: { ...ENVIRONMENT, ...environment, PGPORT: String(proxy.port) },
    })
    return { name, app, proxy }
  }
  const instances = [await start('A'), await start('B')]
  const plain = await startTestApp({ database, environment: { CACHE: 'off' } })
  return {
    instances,
    truth: async (query, persona) => JSON.stringify((await plain.query(query, {}, persona)).data),
    sql: plain.sql,
    database,
    async close() {
      for (const { app, proxy } of instances) {
        proxy.heal()
        await app.close()
        await proxy.close()
      }
      await plain.close()
      await dropDatabase(database)
    },
  }
}
