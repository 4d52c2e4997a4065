import { GraphQLScalarType } from 'graphql'
import { GraphQLJSON, GraphQLSafeInt } from 'graphql-scalars'
import { AppError } from '../kernel/errors.ts'

/** Exact decimal numbers stay text from Postgres to the client: a float would lose digits. */
export const DecimalScalar = new GraphQLScalarType<string, string>({
  name: 'Decimal',
  description: 'An exact decimal number as text, such as `"1234.50"`.',
  serialize: String,
})

/** `SafeInt` of graphql-scalars: `Int` ends at 2³¹, which sums soon pass. */
export const SafeIntScalar = new GraphQLScalarType<string | number, number>({
  ...GraphQLSafeInt.toConfig(),
  description: 'A whole number between -2⁵³ and 2⁵³, which is what a JSON number can hold exactly.',
})

/** `JSON` of graphql-scalars: a row as Postgres has it. */
export const JsonScalar = new GraphQLScalarType<unknown, unknown>({
  ...GraphQLJSON.toConfig(),
  description: 'Any value that JSON can express.',
})

/** A number; null for NaN and infinity, which JSON can't carry. */
export function toFloat(text: string): number | null {
  const value = Number(text)
  if (Number.isFinite(value)) return value
  if (text === 'NaN' || text === 'Infinity' || text === '-Infinity') return null
  throw new AppError('UNREPRESENTABLE_VALUE', 'The stored value lies outside what Float can express.')
}

/** An exact decimal number; null for NaN and infinity. */
export function toDecimal(text: string): string | null {
  return /^(NaN|-?Infinity)$/.test(text) ? null : text
}

/** A whole number, also of a column that could hold others. */
export function toSafeInt(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value)) return value
  throw new AppError('UNREPRESENTABLE_VALUE', 'The stored value is no whole number between -2⁵³ and 2⁵³.')
}
