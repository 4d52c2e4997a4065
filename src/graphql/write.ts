import { createHash, randomUUID } from 'node:crypto'
import type { GraphQLResolveInfo } from 'graphql'
import type { Outcome, Write } from '../db/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { GraphQLContext } from './context.ts'
import { IdempotencyMismatchError } from './mutation-errors.ts'

/** A mutation's field as it is being resolved. */
export interface Mutating {
  readonly args: object
  readonly context: GraphQLContext
  readonly info: GraphQLResolveInfo
}

/** What a mutation has come to. */
export interface Concluded<Value> {
  readonly outcome: Outcome
  /** Undefined if it was done before, by a request with the same key. */
  readonly value: Value | undefined
}

/**
 * Does what a mutation's field is asked for, once for its Idempotency-Key, in one transaction of the viewer's. `work` may run
 * several times, of which one counts; what it finds to be refused is an outcome too, and kept as one.
 * @throws IdempotencyMismatchError; AppError OUTCOME_UNKNOWN, and others that say that nothing was written.
 */
export async function write<Value>(
  { args, context, info }: Mutating,
  work: Write<Value>['work'],
): Promise<Concluded<Value>> {
  const { idempotencyKey, requestId, load } = context
  const key = {
    text: idempotencyKey ?? randomUUID(),
    given: idempotencyKey !== undefined,
    // One operation may have a field twice, under two names.
    field: `${info.path.key}:${info.fieldName}`,
    hash: hashOf(args),
  }
  const written = await load.db.write({ viewer: load.viewer, signal: load.signal, requestId, key, work })
  // What this request has loaded may be otherwise now.
  load.forget()
  switch (written.state) {
    case 'done':
      return written
    case 'before':
      return { outcome: written.outcome, value: undefined }
    case 'mismatch':
      throw new IdempotencyMismatchError()
    case 'full':
      throw new AppError('RATE_LIMITED', 'You have used too many Idempotency-Keys in the last 24 hours.', {
        retryAfterSeconds: 3_600,
      })
  }
}

/** The same arguments have the same hash, in whatever order they were written. */
function hashOf(args: object): string {
  return createHash('sha256').update(JSON.stringify(args, sorted)).digest('hex')
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
