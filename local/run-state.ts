import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { runsWith } from './postgres/orphan.ts'

/** Everything the local platform keeps lies here; git ignores it. Two folders are two platforms. */
export const STATE_FOLDER = resolve(process.env['LOCAL_STATE'] ?? join(import.meta.dirname, '..', '.local'))
const FILE = join(STATE_FOLDER, 'running.json')
const LOCK = join(STATE_FOLDER, 'lock')
export const SERVICES = join(STATE_FOLDER, 'pg_service.conf')
/** What a client needs that is a service principal: `node --env-file=.local/client.env …`. */
export const CLIENT = join(STATE_FOLDER, 'client.env')
/** In the command line of every process that this file can speak of. */
const OURS = 'local/start.ts'

const RunState = z.object({
  pid: z.number(),
  url: z.string(),
  host: z.string(),
  port: z.number(),
  database: z.string(),
  /** Logins by the name of the service: `app`, `lakehouse` (the pipeline), `postgres` (everything). */
  logins: z.record(z.string(), z.object({ user: z.string(), password: z.string() })),
})
export type RunState = z.infer<typeof RunState>

/** What the platform that is running now has written down; undefined if none is. */
export function readRunState(): RunState | undefined {
  if (!existsSync(FILE)) return undefined
  const state = RunState.parse(JSON.parse(readFileSync(FILE, 'utf8')))
  return runsWith(state.pid, OURS) ? state : undefined
}

/**
 * Takes the state folder for this process, before anything in it is touched. Gives the process that has it already, if
 * one does.
 */
export function takeStateFolder(): { readonly takenBy: number } | undefined {
  mkdirSync(STATE_FOLDER, { recursive: true })
  for (;;) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: 'wx' })
      return undefined
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const takenBy = Number(readFileSync(LOCK, 'utf8'))
    if (runsWith(takenBy, OURS)) return { takenBy }
    rmSync(LOCK, { force: true }) // its process was killed
  }
}

/**
 * For other commands, for psql (`PGSERVICEFILE=.local/pg_service.conf psql service=lakehouse`), and for clients.
 * @param client their settings
 */
export function writeRunState(state: RunState, client: Readonly<Record<string, string>>): void {
  // Moved into place as a whole: others read it, and a killed start must leave nothing half written.
  writeFileSync(`${FILE}.new`, JSON.stringify(state, null, 2), { mode: 0o600 })
  renameSync(`${FILE}.new`, FILE)
  const { host, port, database } = state
  const services = Object.entries(state.logins).map(([name, { user, password }]) =>
    [`[${name}]`, `host=${host}`, `port=${port}`, `dbname=${database}`, `user=${user}`, `password=${password}`].join(
      '\n',
    ),
  )
  writeFileSync(SERVICES, `${services.join('\n\n')}\n`, { mode: 0o600 })
  const settings = Object.entries(client).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(CLIENT, settings.join(''), { mode: 0o600 })
}

/** Gives the state folder back. */
export function clearRunState(): void {
  rmSync(FILE, { force: true })
  rmSync(SERVICES, { force: true })
  rmSync(CLIENT, { force: true })
  rmSync(LOCK, { force: true })
}
