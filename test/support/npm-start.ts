import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../local/free-port.ts'
import { until } from './test-app.ts'

const FLAGS = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning']
const COMMANDS = join(import.meta.dirname, '../../local')

/** A command that runs, or has run. */
export interface Command {
  readonly child: ChildProcess
  /** Its exit code. */
  readonly ended: Promise<number | null>
  output(): string
}

/** `npm start` with a folder and a port of its own. */
export interface NpmStart {
  /** Where it keeps everything. */
  readonly state: string
  readonly port: number
  /** A command of `local/`, as the scripts of package.json run it. */
  run(command: string, args?: readonly string[], environment?: Readonly<Record<string, string>>): Command
  /** Runs `npm start` until its banner is there. @throws what it has printed if it ends before */
  start(...args: string[]): Promise<Command>
  /** The data of a query's answer. */
  query(text: string, headers?: Readonly<Record<string, string>>): Promise<ReturnType<typeof JSON.parse>>
  /** Ends what `start` has started last, and removes the folder. */
  close(): Promise<void>
}

export async function createNpmStart(): Promise<NpmStart> {
  const state = mkdtempSync(join(tmpdir(), 'lakebase-graphql-start-'))
  const port = await freePort()
  let current: Command | undefined
  const run: NpmStart['run'] = (command, args = [], environment = {}) => {
    const env = { PATH: process.env['PATH'], LOCAL_STATE: state, PORT: String(port), ...environment }
    return watch(spawn(process.execPath, [...FLAGS, join(COMMANDS, command), ...args], { env }))
  }
  return {
    state,
    port,
    run,
    async start(...args) {
      const started = run('start.ts', args)
      current = started
      let ended = false
      void started.ended.then(() => {
        ended = true
      })
      await until(() => ended || started.output().includes('Ctrl-C stops everything'), 30_000)
      if (ended) throw new Error(started.output())
      return started
    },
    async query(text, headers = {}) {
      const answer = await fetch(`http://127.0.0.1:${port}/api/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query: text }),
      })
      return (await answer.json()).data
    },
    async close() {
      current?.child.kill('SIGTERM')
      await current?.ended
      rmSync(state, { recursive: true, force: true })
    },
  }
}

function watch(child: ChildProcess): Command {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  return { child, ended, output: () => output }
}
