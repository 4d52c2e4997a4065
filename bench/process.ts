import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { RUN_WITH, untilReady } from '../local/app-process.ts'
import { freePort } from '../local/free-port.ts'
import type { Subject } from './subjects.ts'

/** A running subject. */
export interface Running {
  readonly subject: Subject
  readonly origin: string
  /** Of its process. */
  readonly pid: number
  /** Milliseconds of CPU that it has used so far. */
  cpuMs(): number
  stop(signal?: 'SIGTERM'): Promise<void>
}

const STRIP_TYPES = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning']
const START_MS = 30_000

/** Runs Node on one core of the machine, so that server and generator don't take each other's time. */
export function spawnOnCore(
  core: number,
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): ChildProcess {
  const command = ['-c', String(core), process.execPath, ...flags, ...STRIP_TYPES, script, ...args]
  return spawn('taskset', command, {
    env: { ...process.env, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
}

/** Starts a subject on core 0 and waits until it answers. */
export async function startSubject(
  subject: Subject,
  environment: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): Promise<Running> {
  const ours = subject.kind === 'ours' || subject.kind === 'past memory'
  const port = ours ? await freePort() : undefined
  const own = {
    // Ten connections that read, as every subject has; two more prepare.
    ...(port === undefined
      ? {}
      : { PORT: String(port), HOST: '127.0.0.1', DB_MAX_CONNECTIONS: '12', REQUESTS_PER_SECOND: '10000000' }),
    ...environment,
    ...subject.settings,
  }
  const child = spawnOnCore(0, subject.script, subject.args, own, [...(ours ? RUN_WITH : []), ...flags])
  const origin = `http://127.0.0.1:${port ?? (await reportedPort(child, subject.name))}`
  const ended = once(child, 'exit').then(() => undefined)
  if (port !== undefined) await untilReady({ ended }, port)
  return {
    subject,
    origin,
    pid: child.pid ?? 0,
    cpuMs: () => cpuOf(child.pid ?? 0),
    async stop(signal) {
      child.kill(signal ?? 'SIGKILL')
      await ended
    },
  }
}

function reportedPort(child: ChildProcess, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${name} did not start within ${START_MS} ms`)), START_MS)
    child.once('message', (message: { port: number }) => resolve(message.port))
    child.once('exit', (code) => reject(new Error(`${name} ended with code ${code} before it listened`)))
    child.once('message', () => clearTimeout(late))
    child.once('exit', () => clearTimeout(late))
  })
}

/** Time on the CPU of all its threads, in ms: the first field of proc(5)'s schedstat, in ns. */
function cpuOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const nanoseconds = threads.map((thread) => {
    const [onCpu = ''] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')
    return Number(onCpu)
  })
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1_000_000
}
