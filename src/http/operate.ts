import type { OperationTypeNode } from 'graphql'
import type { GraphQLContext } from '../graphql/index.ts'
import { AppError } from '../kernel/errors.ts'
import { atOneMoment, type Loading, settled } from '../loaders/index.ts'

/** Executes one operation, once or again, such that what it answers holds. */
export type Operate = <Result>(
  kind: `${OperationTypeNode}`,
  context: GraphQLContext,
  execute: () => Result | Promise<Result>,
) => Promise<Result>

/** A query's answer is of one moment. A mutation reads past the cache, and its reply waits until this instance has heard of it. */
export function operateWith(loading: Loading): Operate {
  return async (kind, { load, complaints, isPart }, execute) => {
    if (isPart) {
      if (kind === 'query') return execute()
      throw new AppError('BAD_REQUEST', 'A batch takes queries only. Send a mutation by itself.')
    }
    if (kind === 'query') {
      return atOneMoment(loading, load, () => {
        complaints.clear()
        return execute()
      })
    }
    load.passCache('a mutation reads past the cache')
    try {
      return await execute()
    } finally {
      // Where the time is up, the reply goes out even so: then nothing is served until a poll has seen what it did.
      if (!(await settled(loading, load))) loading.freshness.distrust()
    }
  }
}
