import { type ChildProcess, spawn } from 'node:child_process'
import type { ServerUser } from './server-user.ts'

/**
 * Ends process `pid` with `signal` when this process ends, however it ends: a waiting shell holds the other side of a
 * pipe that the kernel closes with us, also after kill -9. It leads a process group of its own, so Ctrl-C in a terminal
 * or a killed group doesn't take it along. Returns the function that calls it off.
 */
export function attachLifeline(pid: number, signal: 'INT' | 'TERM', user?: ServerUser): () => void {
  const watcher: ChildProcess = spawn(
    '/bin/sh',
    ['-c', 'cat >/dev/null; kill "-$2" "$1"', 'lifeline', String(pid), signal],
    { ...user, detached: true, stdio: ['pipe', 'ignore', 'ignore'], cwd: '/' },
  )
  watcher.unref()
  // The pipe must not keep this process alive; only its closing matters.
  const pipe = watcher.stdin
  if (pipe && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref()
  pipe?.on('error', () => watcher.kill('SIGKILL'))
  return () => {
    if (watcher.pid === undefined) return
    try {
      process.kill(-watcher.pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}
