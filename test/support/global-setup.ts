import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { setUpData, setUpLogins, withClient } from '../../local/platform/platform.ts'
import { fillHolidays } from '../../local/platform/sample-holidays.ts'
import { startPostgres } from '../../local/postgres/launcher.ts'
import { appConfig, settle } from './app-config.ts'
import { refuseLeaks } from './secrets.ts'
import type { TestServer } from './test-server.ts'

const TEMPLATE = 'template_lakebase'
/** Nothing of a test has to outlive a power cut. */
export const FAST = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  max_connections: '200',
}

/** Starts Postgres in memory where there is room, and fills the template: sample data, migrations, indexes. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const began = performance.now()
  const folder = mkdtempSync(join(roomiest(), 'lakebase-graphql-test-'))
  const server = await startPostgres({ home: join(folder, 'postgres'), settings: FAST })
  const logins = await setUpLogins(server)
  await setUpData(server, TEMPLATE, logins)
  const provided: TestServer = { host: server.host, port: server.port, logins, template: TEMPLATE, folder }
  await settle(appConfig(provided, TEMPLATE))
  await withClient(server, TEMPLATE, logins.postgres, fillHolidays)
  project.provide('server', provided)
  process.stdout.write(`Postgres with its template took ${((performance.now() - began) / 1000).toFixed(1)} s\n`)
  return async () => {
    await server.stop()
    refuseLeaks(folder, [server.logFile])
    for (const left of [folder, server.home]) rmSync(left, { recursive: true, force: true })
  }
}

/** Memory, if it is there and large enough. */
function roomiest(): string {
  const memory = '/dev/shm'
  if (!existsSync(memory)) return tmpdir()
  const { bavail, bsize } = statfsSync(memory)
  return bavail * bsize > 1_000_000_000 ? memory : tmpdir()
}
