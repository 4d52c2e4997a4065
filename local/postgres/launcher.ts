import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../free-port.ts'
import { type Binaries, findBinaries } from './binaries.ts'
import { attachLifeline } from './lifeline.ts'
import { stopOrphan } from './orphan.ts'
import { ownedFolder, type ServerUser, serverUser } from './server-user.ts'

/** A running server. It listens on 127.0.0.1 only, and every login needs a password. */
export interface PostgresServer {
  readonly host: '127.0.0.1'
  readonly port: number
  readonly superuser: { readonly user: 'postgres'; readonly password: string }
  /** Where its files are: `home` as asked for, or a folder below /var/tmp where the server's user couldn't reach that. */
  readonly home: string
  readonly logFile: string
  /** Ends sessions and stops the server; resolves when its process is gone. */
  stop(): Promise<void>
}

export interface LaunchOptions {
  /** A folder for everything the server keeps. */
  readonly home: string
  /** A free one by default. */
  readonly port?: number
  /** `-c name=value` settings on top of ours. */
  readonly settings?: Readonly<Record<string, string>>
  /** Throw away what an earlier run kept. */
  readonly fresh?: boolean
  /** Told what is being waited for. */
  readonly onProgress?: (step: string) => void
}

const START_DEADLINE_MS = 30_000
const STOP_DEADLINE_MS = 10_000

/** Starts the embedded Postgres 17 on a free port, making its data folder first if there is none. */
export async function startPostgres(options: LaunchOptions): Promise<PostgresServer> {
  const user = serverUser()
  const home = ownedFolder(options.home, user)
  const binaries = findBinaries(user, join(home, 'lib'))
  const data = join(home, 'data')
  await stopOrphan(data)
  removeLeftovers(home)
  if (options.fresh) removeData(data)
  if (!existsSync(data)) {
    options.onProgress?.('creating the database cluster')
    await createCluster(home, binaries, user)
  }
  const password = readFileSync(join(home, 'superuser-password'), 'utf8')
  options.onProgress?.('starting Postgres')
  const port = options.port ?? (await freePort())
  const logFile = join(home, 'postgres.log')
  const server = spawnServer({ data, port, logFile, binaries, user, settings: options.settings ?? {} })
  const cutLifeline = attachLifeline(server.pid ?? 0, 'INT', user)
  const stop = async (): Promise<void> => {
    await stopServer(server)
    cutLifeline()
  }
  try {
    await untilReady(server, data, logFile)
  } catch (error) {
    await stop()
    throw error
  }
  return { host: '127.0.0.1', port, superuser: { user: 'postgres', password }, home, logFile, stop }
}

/** Moved aside first: a folder that is only half removed must not look like a cluster. */
function removeData(data: string): void {
  if (!existsSync(data)) return
  const aside = `${data}.old`
  renameSync(data, aside)
  rmSync(aside, { recursive: true, force: true })
}

/** What starts that were killed have left. */
function removeLeftovers(home: string): void {
  for (const name of readdirSync(home).filter((each) => /^data\.(old|unfinished)/.test(each))) {
    rmSync(join(home, name), { recursive: true, force: true, maxRetries: 10 })
  }
}

/** `initdb` into a folder aside, moved into place when it is whole: a killed first start leaves nothing half made. */
async function createCluster(home: string, binaries: Binaries, user: ServerUser | undefined): Promise<void> {
  const passwordFile = join(home, 'superuser-password')
  rmSync(passwordFile, { force: true })
  writeFileSync(passwordFile, randomBytes(18).toString('base64url'), { mode: 0o600 })
  if (user) chownSync(passwordFile, user.uid, user.gid)
  const unfinished = join(home, `data.unfinished-${process.pid}`)
  const args = ['-D', unfinished, '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--no-sync']
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const child = spawn(join(binaries.bin, 'initdb'), [...args, ...locale], {
    ...user,
    env: binaries.env,
    cwd: home,
  })
  const cutLifeline = attachLifeline(child.pid ?? 0, 'TERM', user)
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  cutLifeline()
  if (code !== 0) throw new Error(`initdb failed (exit ${code}). It said:\n${output.trim()}`)
  renameSync(unfinished, join(home, 'data'))
}

interface Spawn {
  readonly data: string
  readonly port: number
  readonly logFile: string
  readonly binaries: Binaries
  readonly user: ServerUser | undefined
  readonly settings: Readonly<Record<string, string>>
}

function spawnServer({ data, port, logFile, binaries, user, settings }: Spawn): ChildProcess {
  const all = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '104', // what Lakebase gives at 0.5 CU
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...settings,
  }
  const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = openSync(logFile, 'w', 0o600)
  // Its own session: Ctrl-C reaches us only, so that the API can finish its work before its database goes.
  const child = spawn(join(binaries.bin, 'postgres'), ['-D', data, ...args], {
    ...user,
    env: binaries.env,
    cwd: data,
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  return child
}

async function untilReady(server: ChildProcess, data: string, logFile: string): Promise<void> {
  let failure: string | undefined
  server.once('error', (error) => (failure = error.message))
  server.once('exit', (code, signal) => (failure ??= `it ended with ${signal ?? `exit code ${code}`}`))
  const deadline = Date.now() + START_DEADLINE_MS
  while (!isReady(data, server.pid)) {
    if (failure === undefined && Date.now() > deadline) failure = `not ready after ${START_DEADLINE_MS / 1000} s`
    if (failure !== undefined) {
      throw new Error(`Postgres did not start: ${failure}. The end of ${logFile}:\n${lastLines(logFile)}`)
    }
    await sleep(10)
  }
}

/** The server writes its state into the eighth line of postmaster.pid. */
function isReady(data: string, pid: number | undefined): boolean {
  const file = join(data, 'postmaster.pid')
  if (!existsSync(file)) return false
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines[0] === String(pid) && lines[7]?.trim() === 'ready'
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trim().split('\n').slice(-5).join('\n')
}

async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined) return
  const gone = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  // Fast shutdown; what doesn't end in time is stopped at once and recovers from its log at the next start.
  server.kill('SIGINT')
  const late = setTimeout(() => server.kill('SIGQUIT'), STOP_DEADLINE_MS)
  await gone
  clearTimeout(late)
}
