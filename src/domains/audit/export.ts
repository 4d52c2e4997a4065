import { AppError, badInput } from '../../kernel/errors.ts'
import type { LoadContext } from '../../loaders/index.ts'
import { type AuditPosition, auditExport, auditForeign } from './queries.ts'

const PAGE = 500
/** One answer has at most so many lines: it must be over within the time of a request. */
const MOST_LINES = 10_000
const CURSOR = /^(\d{1,19})\.(\d{1,18})$/

/**
 * The audit as lines of JSON, oldest first, from after the entry with the cursor `after` on; at most 10,000. Going on from the
 * last line's `cursor` until an answer is empty gives every entry once.
 * @throws AppError BAD_USER_INPUT for another parameter, and for what is no cursor of this database; TABLE_UNAVAILABLE where
 *   entries were loaded from another server.
 */
export async function* exportAudit({ read }: LoadContext, query: URLSearchParams): AsyncGenerator<string> {
  let from = readPosition(query)
  await refuseForeign(read, from)
  for (let sent = 0; sent < MOST_LINES; sent += PAGE) {
    const position = from
    const rows = await read('viewer', (tables) => auditExport(tables, position, PAGE))
    const last = rows.at(-1)?.['cursor']
    if (last == null) return
    yield rows.map((row) => `${row['line']}\n`).join('')
    from = toPosition(last)
  }
}

/** A name that is misspelt would have everything exported again. */
function readPosition(query: URLSearchParams): AuditPosition {
  const [after, ...more] = query.getAll('after')
  if (more.length > 0) throw badInput('after', 'after is given twice.')
  for (const name of query.keys()) {
    if (name !== 'after') throw badInput(name, `There is no parameter ${name}. There is: after.`)
  }
  return toPosition(after ?? '0.0')
}

async function refuseForeign(read: LoadContext['read'], from: AuditPosition): Promise<void> {
  const [found] = await read('viewer', (tables) => auditForeign(tables, from))
  if (found?.['entries'] === 't') {
    const message =
      'The audit has entries that were loaded from another server. docs/operations.md says how to mend that.'
    throw new AppError('TABLE_UNAVAILABLE', message)
  }
  if (found?.['cursor'] === 't') {
    throw badInput('after', 'after is the cursor of an export from another server. Begin anew, without it.')
  }
}

function toPosition(cursor: string): AuditPosition {
  const [, transaction, id] = CURSOR.exec(cursor) ?? []
  if (transaction === undefined || id === undefined) {
    throw badInput('after', 'after must be the cursor of a line of this export.')
  }
  return { transaction, id }
}
