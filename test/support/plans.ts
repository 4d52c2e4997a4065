import type { Client } from 'pg'
import { expect } from 'vitest'
import type { Statement, TableDefinition, Tables } from '../../src/db/index.ts'
import { lookUpTables } from '../../src/db/made-from.ts'
import type { TestApp } from './test-app.ts'

/** A node of what EXPLAIN (FORMAT JSON) says. */
export interface Plan {
  readonly 'Node Type': string
  readonly 'Shared Hit Blocks'?: number
  readonly Plans?: readonly Plan[]
}

/** The plan of a statement; `how` are more options of EXPLAIN. */
export async function explain(client: Client, how: string, { text }: Statement, values: unknown[] = []): Promise<Plan> {
  const { rows } = await client.query(`explain (format json, ${how}) ${text}`, values)
  return rows[0]['QUERY PLAN'][0].Plan
}

const nodesOf = (plan: Plan): string[] => [plan['Node Type'], ...(plan.Plans ?? []).flatMap(nodesOf)]

/**
 * Expects that a statement reads an index, scans no table and sorts nothing, by both plans that Postgres may use: the one
 * made for these values, and the one made once for all values.
 */
export async function expectIndexOnly(app: TestApp, statement: Statement): Promise<void> {
  await app.sql(async (client) => {
    await client.query('set max_parallel_workers_per_gather = 0')
    const plans = [
      await explain(client, 'verbose', statement, [...statement.values]),
      await explain(client, 'generic_plan', statement),
    ]
    for (const plan of plans) {
      const nodes = nodesOf(plan)
      expect(nodes.filter((node) => /^Index (Only )?Scan$/.test(node))).not.toEqual([])
      expect(nodes.filter((node) => /Seq Scan|Sort|Bitmap/.test(node))).toEqual([])
    }
  }, 'app')
}

/** A domain's table as it is, as the app finds it. */
export function resolvedBy(app: TestApp, definition: TableDefinition): Promise<Tables> {
  const namesOf = () => ({ ...definition, columns: {} })
  const catalog = { definitions: [definition], namesOf, viewerAccess: 'claims', mendOf: () => undefined } as const
  return app.sql(async (client) => (await lookUpTables(client, catalog)).tables, 'app')
}
