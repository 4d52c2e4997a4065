import { setTimeout as sleep } from 'node:timers/promises'
import pino from 'pino'
import { reasonOf } from './db/index.ts'
import type { Observation, Observe } from './kernel/observe.ts'

/** Levels of what is worth a line; the rest is only there for `debug`. */
const LEVELS: Readonly<Record<Observation['event'], 'debug' | 'info' | 'warn' | 'error'>> = {
  request: 'info',
  'requests.from_memory': 'info',
  statement: 'debug',
  'statement.retried': 'warn',
  'request.failed': 'error',
  'request.unavailable': 'warn',
  'process.listening': 'info',
  'process.stopping': 'info',
  'database.ready': 'info',
  'database.lost': 'error',
  'feed.forgot': 'info',
  'feed.lost': 'warn',
  'credential.failed': 'warn',
  migration: 'info',
  'sweep.failed': 'warn',
  'table.problem': 'warn',
  'row_security.bypassed': 'info',
  'index.created': 'info',
  'index.refused': 'warn',
  'indexing.failed': 'warn',
}

/** At the end, so long for what is left to be written; nobody may be reading it any more. */
const FLUSH_MS = 500
/** While nobody reads, no more than that is kept, in bytes; the lines after it are lost. */
const MAX_KEPT = 8 * 1024 * 1024

export interface Log {
  readonly observe: Observe
  /** Writes what is left, if somebody reads it. */
  close(): Promise<void>
}

/** Writes observations as JSON lines to stdout. Errors are written as their words and place, never with their data. */
export function createLog(level: string): Log {
  const stdout = openStdout()
  const log = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stdout)
  return {
    observe(observation) {
      const method = LEVELS[observation.event]
      if (!log.isLevelEnabled(method)) return
      log[method](observation.event === 'request.failed' ? withoutData(observation) : rounded(observation))
    },
    async close() {
      const flushed = new Promise<void>((resolve) => stdout.flush(() => resolve()))
      await Promise.race([flushed, sleep(FLUSH_MS)])
      stdout.destroy()
    },
  }
}

/** Lines that come while one is being written are written together after it. */
function openStdout() {
  let giveUpAt = Number.POSITIVE_INFINITY
  // Before pino's own listener, which would wait for ever for a pipe that is full.
  process.once('exit', () => {
    giveUpAt = performance.now() + FLUSH_MS
    try {
      stdout.flushSync()
    } catch {
      // It was closed before, or nobody reads it; there is nobody left to tell.
    }
    stdout.destroy()
  })
  const retryEAGAIN = () => performance.now() < giveUpAt
  const stdout = pino.destination({ fd: 1, sync: false, maxLength: MAX_KEPT, retryEAGAIN })
  return stdout
}

function withoutData({ event, requestId, error }: Extract<Observation, { event: 'request.failed' }>) {
  return { event, requestId, reason: reasonOf(error), stack: error instanceof Error ? error.stack : undefined }
}

function rounded(observation: Observation): object {
  return 'ms' in observation ? { ...observation, ms: Math.round(observation.ms * 10) / 10 } : observation
}
