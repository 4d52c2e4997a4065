import { badInput } from '../../kernel/errors.ts'
import type { LoadContext } from '../../loaders/index.ts'
import { type AuditPosition, auditExport } from './queries.ts'

const PAGE = 500
/** One answer has at most so many lines: it must be over within the time of a request. */
const MOST_LINES = 10_000
const CURSOR = /^(\d{1,19})\.(\d{1,18})$/

/**
 * The audit as lines of JSON, oldest first, from after the entry with the cursor `after` on; at most 10,000. Going on from the
 * last line's `cursor` until an answer is empty gives every entry once.
 * @throws AppError BAD_USER_INPUT for what is no cursor.
 */
export async function* exportAudit({ read }: LoadContext, query: URLSearchParams): AsyncGenerator<string> {
  let from = toPosition(query.get('after') ?? '0.0')
  for (let sent = 0; sent < MOST_LINES; sent += PAGE) {
    const position = from
    const rows = await read('viewer', (tables) => auditExport(tables, position, PAGE))
    const last = rows.at(-1)?.['cursor']
    if (last == null) return
    yield rows.map((row) => `${row['line']}\n`).join('')
    from = toPosition(last)
  }
}

function toPosition(cursor: string): AuditPosition {
  const [, transaction, id] = CURSOR.exec(cursor) ?? []
  if (transaction === undefined || id === undefined) {
    throw badInput('after', 'after must be the cursor of a line of this export.')
  }
  return { transaction, id }
}
