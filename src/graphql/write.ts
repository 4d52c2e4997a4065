import { createHash, randomUUID } from 'node:crypto'
import type { GraphQLResolveInfo } from 'graphql'
import type { Done, Write } from '../db/index.ts'
import { AppError, badInput } from '../kernel/errors.ts'
import type { GraphQLContext } from './context.ts'
import { IdempotencyMismatchError } from './mutation-errors.ts'

/** A mutation's field as it is being resolved. */
export interface Mutating {
  readonly args: object
  readonly context: GraphQLContext
  readonly info: GraphQLResolveInfo
}

/** What to do, and how to show what was done before; see `Write`. */
export type MutationWork<Value> = Pick<Write<Value>, 'work' | 'recall'>

/** Names of fields in an operation can be as long as the operation. */
const MAX_FIELD = 200

/**
 * Does what a mutation's field is asked for, once for its Idempotency-Key, in one transaction of the viewer's. `work` may run
 * several times, of which one counts; what it finds to be refused is an outcome too, and kept as one.
 * @throws IdempotencyMismatchError; AppError OUTCOME_UNKNOWN, and others that say that nothing was written.
 */
export async function write<Value>({ args, context, info }: Mutating, todo: MutationWork<Value>): Promise<Done<Value>> {
  const { idempotencyKey, requestId, load } = context
  // One operation may have a field twice, under two names.
  const field = `${info.path.key}:${info.fieldName}`
  if (field.length > MAX_FIELD)
    throw badInput('alias', `The name of a mutation’s field has ${field.length} characters; ${MAX_FIELD} are allowed.`)
  const key = { text: idempotencyKey ?? randomUUID(), given: idempotencyKey !== undefined, field, hash: hashOf(args) }
  const written = await load.db
    .write({ viewer: load.viewer, signal: load.signal, requestId, key, ...todo })
    // What this request has loaded may be otherwise now, whatever came of it.
    .finally(() => load.forget())
  if (written.state === 'done') return written
  if (written.state === 'mismatch') throw new IdempotencyMismatchError()
  const what = key.given ? 'Idempotency-Keys that have not expired yet' : 'mutations in the last ten minutes'
  throw new AppError('RATE_LIMITED', `Nothing was written: too many ${what}.`, { retryAfterSeconds: 600 })
}

/** GraphQL gives arguments in the order of the schema, however they were written. */
function hashOf(args: object): string {
  return createHash('sha256').update(JSON.stringify(args)).digest('hex')
}
