import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { noteOutput } from './secrets.ts'

/** A program that was started as a process of its own. */
export interface Started {
  readonly child: ChildProcess
  /** Its exit code; null if a signal ended it. */
  readonly ended: Promise<number | null>
  /** Everything that it has written, to both streams. */
  output(): string
  /** The lines of its log. */
  log(): Record<string, unknown>[]
}

/** Starts a program; whatever it writes is looked through for secrets when it has ended. */
export function start(program: string, args: readonly string[], options: SpawnOptions): Started {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  void ended.then(() => noteOutput(output))
  return {
    child,
    ended,
    output: () => output,
    log: () =>
      output
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line)),
  }
}
