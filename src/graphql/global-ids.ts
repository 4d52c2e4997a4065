import { badInput } from '../kernel/errors.ts'

/** What a global id stands for. */
export interface GlobalId {
  readonly typename: string
  readonly id: string
}

const MAX_LENGTH = 512

/** The id of an object across all types, opaque to clients. */
export function encodeGlobalId(typename: string, id: string | number | bigint): string {
  return Buffer.from(`${typename}:${id}`).toString('base64url')
}

/** @throws AppError BAD_USER_INPUT if the text is no global id. */
export function decodeGlobalId(globalId: string, argument = 'id'): GlobalId {
  const decoded = globalId.length > MAX_LENGTH ? '' : Buffer.from(globalId, 'base64url').toString()
  const [, typename, id] = /^([A-Z][A-Za-z0-9]*):(.+)$/s.exec(decoded) ?? []
  if (typename === undefined || id === undefined || encodeGlobalId(typename, id) !== globalId) {
    throw badInput(argument, `${argument}: this is no id of this API. Pass one as you got it from a field "id".`)
  }
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
  if (actual !== typename) throw badInput(argument, `${argument}: this is the id of a ${actual}, not of a ${typename}.`)
  if (!isKey(id)) throw badInput(argument, `${argument}: this is no id of a ${typename}.`)
  return id
}

function isKey(text: string): boolean {
  return KEY.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text) // Postgres’ bigint
}
