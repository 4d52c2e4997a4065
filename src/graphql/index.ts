export { MAX_COST } from './bare-builder.ts'
export { type Builder, createBuilder } from './builder.ts'
export { fromColumn, selectedColumns } from './columns.ts'
export type { GraphQLContext } from './context.ts'
export { toDate, toDateTime } from './date-time.ts'
export { toRowId, toTextKey } from './global-ids.ts'
export { loadPage } from './load-page.ts'
export {
  DoneBeforeError,
  IdempotencyMismatchError,
  MUTATION_ERRORS,
  MutationError,
  NotAllowedError,
  NotFoundError,
} from './mutation-errors.ts'
export { toNode } from './node.ts'
export { addOrder } from './order.ts'
export { checkUpTo, costOf, MAX_PAGE, type PageArguments, pageCost } from './page.ts'
export { toDecimal, toFloat, toSafeInt } from './scalars.ts'
export { type Mutating, type MutationWork, write } from './write.ts'
