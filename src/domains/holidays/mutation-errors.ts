import type { Row } from '../../db/index.ts'
import { type Builder, MUTATION_ERRORS, MutationError } from '../../graphql/index.ts'
import type { RequestRef } from './request-graphql.ts'

export class AlreadyDecidedError extends MutationError {
  override readonly name = 'AlreadyDecidedError'
  readonly code = 'ALREADY_DECIDED'
  readonly request: Row

  constructor(request: Row) {
    super(`The request is no longer pending: it is ${request['status']?.toLowerCase()}.`)
    this.request = request
  }
}

export class VersionConflictError extends MutationError {
  override readonly name = 'VersionConflictError'
  readonly code = 'VERSION_CONFLICT'
  readonly request: Row

  constructor(request: Row) {
    super(
      `The request was not at that version; it is at ${request['version']} now. Look at it, and name that version under a new key.`,
    )
    this.request = request
  }
}

export class InvalidDatesError extends MutationError {
  override readonly name = 'InvalidDatesError'
  readonly code = 'INVALID_DATES'
}

export class OverlapError extends MutationError {
  override readonly name = 'OverlapError'
  readonly code = 'OVERLAP'
  readonly other: Row | undefined

  constructor(message: string, other: Row | undefined) {
    super(message)
    this.other = other
  }
}

/** Adds the errors that mutations of holiday requests answer beside those of all mutations. */
export function addHolidayErrors(builder: Builder, request: RequestRef): void {
  const base = { interfaces: [builder.refs.mutationError] }
  builder.objectType(AlreadyDecidedError, {
    ...base,
    name: 'AlreadyDecidedError',
    description: MUTATION_ERRORS.ALREADY_DECIDED.description,
    fields: (t) => ({ request: t.expose('request', { type: request, description: 'The request as it is now.' }) }),
  })
  builder.objectType(VersionConflictError, {
    ...base,
    name: 'VersionConflictError',
    description: MUTATION_ERRORS.VERSION_CONFLICT.description,
    fields: (t) => ({ request: t.expose('request', { type: request, description: 'The request as it is now.' }) }),
  })
  builder.objectType(InvalidDatesError, {
    ...base,
    name: 'InvalidDatesError',
    description: MUTATION_ERRORS.INVALID_DATES.description,
  })
  builder.objectType(OverlapError, {
    ...base,
    name: 'OverlapError',
    description: MUTATION_ERRORS.OVERLAP.description,
    fields: (t) => ({
      other: t.field({
        type: request,
        nullable: true,
        description: 'Your request that it met, as it is now; null if you may no longer see it.',
        resolve: ({ other }) => other,
      }),
    }),
  })
}
