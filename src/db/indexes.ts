import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, DatabaseError, escapeIdentifier } from 'pg'
import { join, type Sql } from 'sql-template-tag'
import { AppError } from '../kernel/errors.ts'
import type { Observe } from '../kernel/observe.ts'
import { untilAborted } from '../kernel/signals.ts'
import { reasonOf } from './failures.ts'
import type { ConnectionPool } from './pool.ts'
import type { Session } from './session.ts'
import type { IndexDefinition, ResolvedTable, TableDefinition, Tables } from './tables.ts'

/** How long the pipeline's writes may be held up while an index waits for its turn. */
const LOCK_TIMEOUT_MS = 2_000
const BUILD_TIMEOUT_MS = 600_000
const SESSION: Session = {
  settings: { lock_timeout: String(LOCK_TIMEOUT_MS), statement_timeout: String(BUILD_TIMEOUT_MS) },
  queryTimeoutMs: BUILD_TIMEOUT_MS + 10_000,
}
const ATTEMPTS = 5
const LOCK_NOT_AVAILABLE = '55P03'
const ALREADY_THERE = ['42P07', '23505'] // another instance was faster

/** Creates indexes beside everything else. */
export interface Indexing {
  /** Begins, unless it is at it already. */
  ensure(tables: Tables): void
  stop(): Promise<void>
}

/**
 * Creates the indexes that tables declare, where Postgres has none like it. Runs after the
 * app is ready: reads work without, only slower. What is refused is reported with the SQL for somebody who may.
 */
export function startIndexing(
  pool: Pick<ConnectionPool, 'use'>,
  definitions: readonly TableDefinition[],
  observe: Observe,
): Indexing {
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  // Said once for each process: it is looked again and again whether they are there.
  const refused = new Set<string>()
  const report: Observe = (observation) => {
    if (observation.event === 'index.refused' && refused.has(observation.sql)) return
    if (observation.event === 'index.refused') refused.add(observation.sql)
    observe(observation)
  }
  const run = async (tables: Tables): Promise<void> => {
    const { signal } = stopping
    try {
      // Closing the connection ends a statement too: the server notices that within a second.
      await pool.use(SESSION, signal, (client) =>
        untilAborted(createIndexes(client, definitions, tables, report), signal),
      )
    } catch (error) {
      if (!signal.aborted) observe({ event: 'indexing.failed', reason: reasonOf(error) })
    } finally {
      running = undefined
    }
  }
  return {
    ensure(tables) {
      if (!stopping.signal.aborted) running ??= run(tables)
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}

async function createIndexes(
  client: Client,
  definitions: readonly TableDefinition[],
  tables: Tables,
  observe: Observe,
): Promise<void> {
  for await (const planned of missingIndexes(client, definitions, tables)) await create(client, planned, observe)
}

/** Declared indexes of which there is none like it, with the SQL that makes them. */
export async function* missingIndexes(
  client: Client,
  definitions: readonly TableDefinition[],
  tables: Tables,
): AsyncGenerator<Planned> {
  for (const definition of definitions) {
    for (const index of definition.indexes) {
      const planned = plan(definition, index, tables)
      if (planned && !(await exists(client, planned))) yield planned
    }
  }
}

interface Planned {
  readonly table: ResolvedTable
  readonly name: string
  readonly columns: readonly Sql[]
  readonly sql: string
}

/** Undefined where the table or one of the columns is missing: that is reported elsewhere. */
function plan(definition: TableDefinition, index: IndexDefinition, tables: Tables): Planned | undefined {
  try {
    const table = tables.get(definition)
    const columns = index.on(table)
    return { table, name: index.name, columns, sql: createIndexSql(table, index) }
  } catch (error) {
    if (error instanceof AppError && error.code === 'TABLE_UNAVAILABLE') return undefined
    throw error
  }
}

/** The statement that creates an index. */
export function createIndexSql(table: ResolvedTable, { name, on }: IndexDefinition): string {
  return `create index ${escapeIdentifier(name)} on ${table.sql.text} (${join(on(table), ', ').text})`
}

/** Any valid index on the same columns will do, whatever its name; and one of that name, since there can't be another. */
async function exists(client: Client, { table, name, columns }: Planned): Promise<boolean> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(
    `select (select relname from pg_class where oid = indexrelid) as name,
            array(select pg_get_indexdef(indexrelid, n, false) from generate_series(1, indnkeyatts) n) as columns
       from pg_index where indrelid = $1::regclass and indisvalid and indpred is null
        -- all columns ascending, or all descending: what can be read both ways
        and indoption::text ~ '^(0( 0)*|3( 3)*)$'`,
    [table.sql.text],
  )
  const wanted = columns.map((column) => normal(column.text))
  return rows.some((row) => row.name === name || wanted.every((column, at) => normal(row.columns[at] ?? '') === column))
}

/** Postgres adds brackets and drops quotes where it can. */
function normal(expression: string): string {
  return expression.replace(/[()"\s]/g, '')
}

async function create(client: Client, planned: Planned, observe: Observe): Promise<void> {
  const { table, name: index, sql } = planned
  const started = performance.now()
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query(sql)
      observe({ event: 'index.created', table: table.display, index, ms: performance.now() - started })
      return
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error
      if (ALREADY_THERE.includes(error.code ?? '')) return
      if (error.code !== LOCK_NOT_AVAILABLE || attempt === ATTEMPTS) {
        observe({ event: 'index.refused', table: table.display, index, reason: reasonOf(error), sql: `${sql};` })
        return
      }
      await sleep(LOCK_TIMEOUT_MS)
    }
  }
}
