import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { badInput } from '../kernel/errors.ts'

/** Where a page ended: the text of the value that rows are ordered by (null for NULL), and the row's id. */
export interface Position {
  readonly value: string | null
  readonly id: string
}

/** Turns positions into opaque cursors and back. */
export interface CursorCodec {
  /** `list` names the rows that are paged through: another order or filter is another list. */
  encode(list: string, position: Position): string
  /** @throws AppError BAD_USER_INPUT naming `argument` if the cursor isn't ours, is altered, or is of another list. */
  decode(list: string, cursor: string, argument: string): Position
}

const VERSION = 'k1'
const MAC_BYTES = 12
const MAX_LENGTH = 4_096

/** Cursors signed by `key` (HMAC-SHA256, cut to 96 bits), so that an altered one is refused and not just misread. */
export function createCursorCodec(key: Buffer): CursorCodec {
  const sign = (payload: string): Buffer => createHmac('sha256', key).update(payload).digest().subarray(0, MAC_BYTES)
  return {
    encode(list, { value, id }) {
      const payload = JSON.stringify([VERSION, digest(list), value, id])
      return Buffer.concat([sign(payload), Buffer.from(payload)]).toString('base64url')
    },
    decode(list, cursor, argument) {
      const [version, of, value, id] = parse(cursor, sign, argument)
      if (version !== VERSION) throw badInput(argument, `${argument}: this cursor is of an older version. Begin anew.`)
      if (of !== digest(list)) {
        throw badInput(argument, `${argument}: this cursor is of a list with another order or filter. Begin anew.`)
      }
      if (typeof id !== 'string' || (typeof value !== 'string' && value !== null)) throw notOurs(argument)
      return { value, id }
    },
  }
}

function parse(cursor: string, sign: (payload: string) => Buffer, argument: string): unknown[] {
  if (cursor.length > MAX_LENGTH || !/^[A-Za-z0-9_-]+$/.test(cursor)) throw notOurs(argument)
  const bytes = Buffer.from(cursor, 'base64url')
  const mac = bytes.subarray(0, MAC_BYTES)
  const payload = bytes.subarray(MAC_BYTES).toString()
  // Compared in full: base64 has several spellings of the same bytes, and a cursor has one.
  const genuine = mac.length === MAC_BYTES && timingSafeEqual(mac, sign(payload))
  if (!genuine || bytes.toString('base64url') !== cursor) throw notOurs(argument)
  const fields: unknown = JSON.parse(payload)
  if (!Array.isArray(fields)) throw notOurs(argument)
  return fields
}

function notOurs(argument: string): Error {
  return badInput(argument, `${argument}: this is no cursor of this API, or it was altered. Pass one as you got it.`)
}

function digest(list: string): string {
  return createHash('sha256').update(list).digest('base64url').slice(0, 12)
}
