import type { Logins } from '../../local/platform/platform.ts'

/** The one Postgres of a test run, and the database that every test file gets a copy of. */
export interface TestServer {
  readonly host: string
  readonly port: number
  readonly logins: Logins
  readonly template: string
  /** Where a run keeps what the last look for secrets goes through. */
  readonly folder: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    server: TestServer
  }
}
