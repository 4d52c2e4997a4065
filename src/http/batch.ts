import type { ExecutionResult } from 'graphql'
import type { Documents } from '../documents/index.ts'
import type { GraphQLContext } from '../graphql/index.ts'
import { AppError } from '../kernel/errors.ts'
import { resolveDocument } from './documents.ts'
import { maskError } from './masking.ts'
import { type Operation, toOperation } from './short-way.ts'
import type { GraphQLEngine } from './yoga.ts'

/** More queries at once are refused. */
export const MAX_BATCH = 10

/** What the queries of a batch have come to. */
export interface BatchAnswer {
  /** A JSON array: the answers in the order of the queries. */
  readonly text: string
  readonly hasErrors: boolean
  /** `Retry-After` of those that may be tried again. */
  readonly retryAfter: string | undefined
}

/** @returns how many there are. @throws AppError BAD_REQUEST for none, or too many */
export function checkBatch({ length }: readonly unknown[]): number {
  if (length > 0 && length <= MAX_BATCH) return length
  throw new AppError('BAD_REQUEST', `A batch has 1 to ${MAX_BATCH} queries; this one has ${length}.`)
}

/** Answers several queries at once such that all of their answers are of one moment. What is wrong with one is that one's alone. */
export async function answerBatch(
  { graphql, documents }: { readonly graphql: GraphQLEngine; readonly documents: Documents },
  asked: readonly unknown[],
  { mediaType, context }: { readonly mediaType: string; readonly context: GraphQLContext },
): Promise<BatchAnswer> {
  const answerOne = (each: unknown): Promise<ExecutionResult> => {
    const part: GraphQLContext = { ...context, isPart: true, complaints: new Set() }
    const operation = operationOf(each, documents, part)
    if (!(operation instanceof AppError)) return graphql.run(operation, part, 'POST')
    return Promise.resolve({ errors: [maskError(operation, context.requestId, () => undefined)] })
  }
  const results = await graphql.together(context, () => Promise.all(asked.map(answerOne)))
  const failed = results.map((result) => (result.errors ? graphql.respond(result, mediaType) : undefined))
  const texts = results.map(async (result, at) => (await failed[at]?.text()) ?? JSON.stringify(result))
  return {
    text: `[${(await Promise.all(texts)).join(',')}]`,
    hasErrors: failed.some((each) => each),
    retryAfter: failed.map((each) => each?.headers.get('retry-after') ?? undefined).find((each) => each !== undefined),
  }
}

function operationOf(each: unknown, documents: Documents, context: GraphQLContext): Operation | AppError {
  const operation = toOperation(each)
  if (!operation) {
    return new AppError(
      'BAD_REQUEST',
      'Each part of a batch is an object with query or documentId, and variables and operationName where there are any.',
    )
  }
  try {
    return resolveDocument(documents, operation, context)
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
}
