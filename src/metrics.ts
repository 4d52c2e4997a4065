import { Counter, Gauge, Registry } from 'prom-client'
import type { CacheReport, Tally } from './loaders/index.ts'

export interface Measured {
  readonly tally: Tally
  readonly report: () => CacheReport
  /** What was answered whole from memory. */
  readonly hits: { readonly sent: number; readonly notModified: number; readonly bytes: number }
}

const PREFIX = 'lakebase_graphql_'

/** What has happened since the start. */
function countersBy(counter: (name: string, help: string, labelNames?: string[]) => Counter) {
  return {
    values: counter('cache_values_total', 'Rows, lists and sums by where they came from.', ['table', 'source']),
    events: counter('cache_events_total', 'What became of values that were read or kept.', ['event']),
    again: counter('answers_again_total', 'Answers made again, since a change had fallen into them.', ['how']),
    answers: counter('answers_from_memory_total', 'Answers sent whole from memory, by status.', ['status']),
    sentBytes: counter('answers_from_memory_bytes_total', 'The bytes of these, without their headers.'),
    forgets: counter('cache_forgets_total', 'How often everything was forgotten.', ['cause']),
  }
}

/**
 * What is measured, in Prometheus' text format: what happened since the start, and how things are at the moment when it is asked
 * for. Labels have few values: tables, sources, causes.
 */
export function createMetrics({ tally, report, hits }: Measured): () => Promise<string> {
  const registry = new Registry()
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `${PREFIX}${name}`, help, labelNames, registers: [registry] })
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `${PREFIX}${name}`, help, labelNames, registers: [registry] })
  const { values, events, again, answers, sentBytes, forgets } = countersBy(counter)
  const bytes = gauge('cache_bytes', 'What is kept in memory, in bytes.', ['table'])
  const entries = gauge('cache_entries', 'What is kept in memory.', ['table'])
  const budget = gauge('cache_max_bytes', 'What may be kept in memory, in bytes.')
  const live = gauge('feed_live', 'Whether anything may be served from memory.')
  const age = gauge('feed_age_seconds', 'Since the last poll of changes that has worked was sent.')
  const lag = gauge('feed_lag_seconds', 'How old the latest change was when it was heard of; its transaction included.')
  const position = gauge('feed_position', 'How many transactions had finished by the last poll.')
  return () => {
    const now = report()
    for (const metric of [values, events, again, answers, sentBytes, forgets, bytes, entries]) metric.reset()
    answers.inc({ status: '200' }, hits.sent)
    answers.inc({ status: '304' }, hits.notModified)
    sentBytes.inc(hits.bytes)
    for (const { table, hits: hit, joined, fetched } of now.tables) {
      for (const [source, count] of Object.entries({ hit, joined, fetched })) values.inc({ table, source }, count)
    }
    for (const [event, count] of Object.entries(tally.events)) events.inc({ event }, count)
    for (const [how, count] of Object.entries(tally.again)) again.inc({ how }, count)
    for (const [cause, count] of tally.forgets) forgets.inc({ cause }, count)
    for (const each of now.tables) {
      bytes.set({ table: each.table }, each.bytes)
      entries.set({ table: each.table }, each.entries)
    }
    budget.set(now.maxBytes)
    live.set(now.live ? 1 : 0)
    age.set(now.ageMs === null ? Number.POSITIVE_INFINITY : now.ageMs / 1000)
    lag.set((now.changes[0]?.lagMs ?? 0) / 1000)
    position.set(Number(now.position?.split('-')[1] ?? 0))
    return registry.metrics()
  }
}
