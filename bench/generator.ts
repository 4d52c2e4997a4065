import { once } from 'node:events'
import { join } from 'node:path'
import type { Load, Measured } from './load.ts'
import { spawnOnCore } from './process.ts'

/** The load generator, a process on core 1. */
export interface Generator {
  /** @throws if a request failed. */
  send(load: Load): Promise<Measured>
  stop(): void
}

export function startGenerator(): Generator {
  const child = spawnOnCore(1, join(import.meta.dirname, 'load.ts'), [], {})
  return {
    async send(load) {
      const answer = once(child, 'message')
      child.send(load)
      const [measured]: Measured[] = await answer
      if (!measured || measured.failures > 0) throw new Error(`${load.url} failed ${measured?.failures} times`)
      return measured
    },
    stop: () => void child.kill(),
  }
}
