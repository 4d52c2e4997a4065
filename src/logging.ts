import pino from 'pino'
import { reasonOf } from './db/index.ts'
import type { Observation, Observe } from './kernel/observe.ts'

/** Levels of what is worth a line; the rest is only there for `debug`. */
const LEVELS: Readonly<Record<Observation['event'], 'debug' | 'info' | 'warn' | 'error'>> = {
  request: 'info',
  statement: 'debug',
  'statement.retried': 'warn',
  'request.failed': 'error',
  'database.ready': 'info',
  'database.lost': 'error',
  'credential.failed': 'warn',
  migration: 'info',
  'sweep.failed': 'warn',
  'table.problem': 'warn',
  'row_security.bypassed': 'info',
  'index.created': 'info',
  'index.refused': 'warn',
  'indexing.failed': 'warn',
}

/** Writes observations as JSON lines to stdout. Errors are written as their words and place, never with their data. */
export function createLog(level: string): Observe {
  // Lines that come while one is being written are written together after it; at the end, what is left is written at once.
  const stdout = pino.destination({ fd: 1, sync: false })
  process.once('exit', () => stdout.flushSync())
  const log = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stdout)
  return (observation) => {
    const method = LEVELS[observation.event]
    if (!log.isLevelEnabled(method)) return
    log[method](observation.event === 'request.failed' ? withoutData(observation) : rounded(observation))
  }
}

function withoutData({ event, requestId, error }: Extract<Observation, { event: 'request.failed' }>) {
  return { event, requestId, reason: reasonOf(error), stack: error instanceof Error ? error.stack : undefined }
}

function rounded(observation: Observation): object {
  return 'ms' in observation ? { ...observation, ms: Math.round(observation.ms * 10) / 10 } : observation
}
