import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Whether process `pid` runs with `part` in its command line. Ids are used again, so an id alone proves nothing. */
export function runsWith(pid: number, part: string): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false
  return commandLine(pid).includes(part)
}

function commandLine(pid: number): string {
  if (!existsSync('/proc/self/cmdline')) {
    return spawnSync('ps', ['-p', String(pid), '-o', 'args='], { encoding: 'utf8' }).stdout
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''
    throw error
  }
}

/** Stops a server on this data folder that outlived its starter. */
export async function stopOrphan(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid')
  if (!existsSync(file)) return
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  if (!runsWith(pid, data)) return
  for (const [signal, waitMs] of [
    ['SIGINT', 10_000],
    ['SIGQUIT', 5_000],
  ] as const) {
    process.kill(pid, signal)
    const deadline = Date.now() + waitMs
    while (runsWith(pid, data) && Date.now() < deadline) await sleep(20)
    if (!runsWith(pid, data)) return
  }
  throw new Error(`A Postgres from an earlier run (process ${pid}) can't be stopped. End it by hand: kill -9 ${pid}`)
}
