import { createHash } from 'node:crypto'

/** How far something is current, as clients hold it: `X-Position`. */
export interface Position {
  /** Which life of which database: positions of two epochs can't be compared. */
  readonly epoch: string
  /** How many transactions had finished. */
  readonly count: number
}

const POSITION = /^([0-9a-f]{12})-(\d{1,15})$/

export function formatPosition({ epoch, count }: Position): string {
  return `${epoch}-${count}`
}

/** Undefined for what is no position. */
export function parsePosition(text: string): Position | undefined {
  const [, epoch, count] = POSITION.exec(text) ?? []
  return epoch === undefined || count === undefined ? undefined : { epoch, count: Number(count) }
}

/** An epoch as clients get it: it says nothing about the server. */
export function shortEpoch(epoch: string): string {
  return createHash('sha256').update(epoch).digest('hex').slice(0, 12)
}
