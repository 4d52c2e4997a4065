import { badInput } from '../kernel/errors.ts'

/** What a global id stands for. */
export interface GlobalId {
  readonly typename: string
  readonly id: string
}

const MAX_LENGTH = 2_048

/** The id of an object across all types, opaque to clients. */
export function encodeGlobalId(typename: string, id: string | number | bigint): string {
  return Buffer.from(`${typename}:${id}`).toString('base64url')
}

/** @throws AppError BAD_USER_INPUT if the text is no global id. */
export function decodeGlobalId(globalId: string, argument = 'id'): GlobalId {
  const found = readGlobalId(globalId)
  if (found) return found
  throw badInput(argument, `${argument}: this is no id of this API. Pass one as you got it from a field "id".`)
}

function readGlobalId(globalId: string): GlobalId | undefined {
  const decoded = globalId.length > MAX_LENGTH ? '' : Buffer.from(globalId, 'base64url').toString()
  const [, typename, id] = /^([A-Z][A-Za-z0-9]*):(.+)$/s.exec(decoded) ?? []
  if (typename === undefined || id === undefined || encodeGlobalId(typename, id) !== globalId) return undefined
  return { typename, id }
}

const KEY = /^(0|-?[1-9]\d{0,18})$/

/**
 * The database's own key of a row: from a global id of `typename`, or given as it is.
 * @throws AppError BAD_USER_INPUT naming `argument` if it is an id of another type, or none.
 */
export function toRowId(value: string, typename: string, argument = 'id'): string {
  if (isKey(value)) return value
  const { typename: actual, id } = decodeGlobalId(value, argument)
  if (actual !== typename) throw otherType(actual, typename, argument)
  if (!isKey(id)) throw badInput(argument, `${argument}: this is no id of a ${typename}.`)
  return id
}

/** Longer than any key that a person would type, and short enough for a global id of it. */
const MAX_KEY_LENGTH = 300

/**
 * The key of something that is known by a text: from a global id of `typename`, or given as it is.
 * @throws AppError BAD_USER_INPUT naming `argument` if it is a global id of another type, or can be no key.
 */
export function toTextKey(value: string, typename: string, argument = 'id'): string {
  const of = readGlobalId(value)
  const key = of?.typename === typename ? of.id : value
  if (of && of.typename !== typename) throw otherType(of.typename, typename, argument)
  if (key.length > 0 && key.length <= MAX_KEY_LENGTH) return key
  throw badInput(argument, `${argument} must have 1 to ${MAX_KEY_LENGTH} characters, but has ${key.length}.`)
}

function otherType(actual: string, typename: string, argument: string): Error {
  return badInput(argument, `${argument}: this is an id of type ${actual}, not ${typename}.`)
}

function isKey(text: string): boolean {
  return KEY.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text) // Postgres’ bigint
}
