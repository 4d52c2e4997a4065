import { GraphQLError } from 'graphql'
import { expect, it } from 'vitest'
import { AppError } from '../kernel/errors.ts'
import { maskError } from './masking.ts'

/** What a client sees of an error, and what is reported. */
function mask(error: unknown) {
  const reported: unknown[] = []
  const masked = maskError(error, 'r1', (each) => reported.push(each))
  return {
    message: masked.message,
    code: masked.extensions['code'],
    requestId: masked.extensions['requestId'],
    reported,
  }
}

const SECRET = 'select password from users at 10.0.0.1, in /app/src/db/pool.ts'

it.each([
  new Error(SECRET),
  new GraphQLError(SECRET, { originalError: new Error(SECRET) }),
  new GraphQLError(SECRET, { path: ['trips'] }),
  new GraphQLError(SECRET, { originalError: new GraphQLError(SECRET, { originalError: new TypeError(SECRET) }) }),
  SECRET,
])('what nobody has foreseen is masked, and reported whole', (error) => {
  const masked = mask(error)
  expect(masked).toEqual({
    message: 'Unexpected error.',
    code: 'INTERNAL_SERVER_ERROR',
    requestId: 'r1',
    reported: [error],
  })
})

it('an AppError is shown as it is, however deep it lies, and its cause is not', () => {
  const app = new AppError('UNAVAILABLE', 'Come back later.', { cause: new Error(SECRET) })
  const wrapped = new GraphQLError('x', {
    path: ['trips'],
    originalError: new GraphQLError('y', { originalError: app }),
  })
  expect(mask(wrapped)).toEqual({ message: 'Come back later.', code: 'UNAVAILABLE', requestId: 'r1', reported: [] })
})

it('a defect of ours that says so itself is reported with its cause', () => {
  const cause = new Error(SECRET)
  const masked = mask(new AppError('INTERNAL_SERVER_ERROR', 'Unexpected error.', { cause }))
  expect(masked).toMatchObject({ message: 'Unexpected error.', reported: [cause] })
})

it('long words of GraphQL are cut', () => {
  expect(mask(new GraphQLError('x'.repeat(5_000))).message.length).toBeLessThan(500)
})
