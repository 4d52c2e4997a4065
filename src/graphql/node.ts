import type { Row } from '../db/index.ts'

/** A row as a node of Relay: Pothos writes into it which type it is of, and what may be in memory is frozen. */
export async function toNode(loading: Promise<Row | null>): Promise<Row | null> {
  const row = await loading
  return row && { ...row }
}
