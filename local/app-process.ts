import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { attachLifeline } from './postgres/lifeline.ts'
import { say } from './terminal.ts'
import { watchFolder } from './watch-folder.ts'

export interface AppProcess {
  /** Resolves when it has ended by itself or was stopped; not when it is started anew. */
  readonly ended: Promise<void>
  stop(): Promise<void>
}

export interface AppProcessOptions {
  readonly env: NodeJS.ProcessEnv
  /** Start it anew whenever a source file changes. */
  readonly watch: boolean
  readonly logFile: string
}

/** On a core or two, threads that share the work of collecting young garbage cost more than they save (docs/performance.md). */
export const RUN_WITH = ['--no-parallel-scavenge']
const SOURCE = join(import.meta.dirname, '..', 'src')
const WARN = 40
const READY_DEADLINE_MS = 30_000

/** Starts the app as the platform does: a process of its own that gets environment variables and signals. */
export function startApp(options: AppProcessOptions): AppProcess {
  const file = createWriteStream(options.logFile, { mode: 0o600 })
  return options.watch ? startWatched(options.env, file) : startOnce(options.env, file)
}

function startOnce(env: NodeJS.ProcessEnv, log: Writable): AppProcess {
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning', '--enable-source-maps']
  const child = spawn(process.execPath, [...RUN_WITH, ...flags, join(SOURCE, 'main.ts')], {
    env,
    // Not in the terminal's group: Ctrl-C comes to it through us, in its turn.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  showLog(child, log)
  const cutLifeline = attachLifeline(child.pid ?? 0, 'TERM')
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  void ended.then(cutLifeline)
  return {
    ended,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** One process after the other. One that ends by itself waits for the next change: somebody is mending it. */
function startWatched(env: NodeJS.ProcessEnv, log: Writable): AppProcess {
  let current = startOnce(env, log)
  let restarting = Promise.resolve()
  let stopped: () => void = () => undefined
  const ended = new Promise<void>((resolve) => {
    stopped = resolve
  })
  const stopWatching = watchFolder(SOURCE, () => {
    restarting = restarting.then(async () => {
      await current.stop()
      say('app: restarted, since a source file has changed')
      current = startOnce(env, log)
    })
  })
  return {
    ended,
    async stop() {
      stopWatching()
      await restarting
      await current.stop()
      stopped()
    },
  }
}

/** All of its log goes to the file; warnings and errors are shown too. */
function showLog(child: ChildProcess, file: Writable): void {
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue
    createInterface({ input: stream }).on('line', (line) => {
      file.write(`${line}\n`)
      const shown = toShown(line)
      if (shown !== undefined) say(shown)
    })
  }
}

function toShown(line: string): string | undefined {
  if (!line.startsWith('{')) return line
  const { level, time: _time, stack: _stack, ...rest }: Record<string, unknown> = JSON.parse(line)
  return typeof level === 'number' && level >= WARN ? `app: ${JSON.stringify(rest)}` : undefined
}

/** Resolves when the app says it is ready. @throws if it ends before, or isn't ready in time. */
export async function untilReady(app: Pick<AppProcess, 'ended'>, port: number): Promise<void> {
  let ended = false
  void app.ended.then(() => {
    ended = true
  })
  const deadline = Date.now() + READY_DEADLINE_MS
  while (!ended && Date.now() < deadline) {
    if (await isReady(port)) return
    await sleep(25)
  }
  throw new Error(ended ? 'The app ended while it was starting.' : `The app isn’t ready after ${READY_DEADLINE_MS} ms.`)
}

/** Whether the app on this port says that it is ready. */
export async function isReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/api/ready`)
    await answer.body?.cancel()
    return answer.ok
  } catch {
    return false // it doesn't listen yet
  }
}
