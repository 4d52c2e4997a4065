import type { BareBuilder } from './bare-builder.ts'

/** What a mutation can answer instead of its result, for programs. */
export const MUTATION_ERRORS = {
  NOT_FOUND: { description: 'There is no such thing, or none that you may see.' },
  NOT_ALLOWED: { description: 'You may see it, but you may not do that to it.' },
  ALREADY_DECIDED: { description: 'It is no longer pending.' },
  VERSION_CONFLICT: { description: 'It has changed since the version that you named.' },
  INVALID_DATES: { description: 'The days are in the wrong order, in the past, or too far off.' },
  OVERLAP: { description: 'It meets another one on some days.' },
  DONE_BEFORE: { description: 'It was done before, under the same Idempotency-Key, and you may no longer see it.' },
  IDEMPOTENCY_MISMATCH: { description: 'The Idempotency-Key was used with other arguments.' },
} as const

export type MutationErrorCode = keyof typeof MUTATION_ERRORS

/** Why a mutation has no result, as part of its answer: this request has changed nothing. The message is for people. */
export abstract class MutationError extends Error {
  abstract readonly code: MutationErrorCode
}

export class NotFoundError extends MutationError {
  override readonly name = 'NotFoundError'
  readonly code = 'NOT_FOUND'
}

export class NotAllowedError extends MutationError {
  override readonly name = 'NotAllowedError'
  readonly code = 'NOT_ALLOWED'
}

export class DoneBeforeError extends MutationError {
  override readonly name = 'DoneBeforeError'
  readonly code = 'DONE_BEFORE'

  constructor() {
    super('This was done before, under the same Idempotency-Key, and what it was done to is no longer yours to see.')
  }
}

export class IdempotencyMismatchError extends MutationError {
  override readonly name = 'IdempotencyMismatchError'
  readonly code = 'IDEMPOTENCY_MISMATCH'

  constructor() {
    super(
      'This Idempotency-Key was used with other arguments, and has not expired yet. Use a new key for each thing to do.',
    )
  }
}

/** Adds what all errors of mutations have in common, and those that any mutation can answer. */
export function addMutationErrors(builder: BareBuilder) {
  const code = builder.enumType('MutationErrorCode', {
    description: 'Why a mutation has no result.',
    values: MUTATION_ERRORS,
  })
  const base = builder.interfaceRef<MutationError>('MutationError').implement({
    description: 'Why a mutation has no result. This request has changed nothing.',
    fields: (t) => ({
      code: t.expose('code', { type: code, description: 'Why, for programs.' }),
      message: t.exposeString('message', { description: 'Why, for people.' }),
    }),
  })
  const plain = { interfaces: [base] }
  builder.objectType(NotFoundError, {
    ...plain,
    name: 'NotFoundError',
    description: MUTATION_ERRORS.NOT_FOUND.description,
  })
  builder.objectType(NotAllowedError, {
    ...plain,
    name: 'NotAllowedError',
    description: MUTATION_ERRORS.NOT_ALLOWED.description,
  })
  builder.objectType(DoneBeforeError, {
    ...plain,
    name: 'DoneBeforeError',
    description: MUTATION_ERRORS.DONE_BEFORE.description,
  })
  builder.objectType(IdempotencyMismatchError, {
    ...plain,
    name: 'IdempotencyMismatchError',
    description: MUTATION_ERRORS.IDEMPOTENCY_MISMATCH.description,
  })
  return base
}
