import { type Done, type Outcome, type Row, RuleError, type RunStatement, rowsByIds } from '../../db/index.ts'
import { DoneBeforeError, NotAllowedError, NotFoundError } from '../../graphql/index.ts'
import { AlreadyDecidedError, InvalidDatesError, OverlapError, VersionConflictError } from './mutation-errors.ts'
import { holidayRequests } from './table.ts'
import { type Days, insertRequest, type Step, updateRequest } from './write-queries.ts'

/** What a mutation has come to, with the request that it is about, if there is one. */
type Finished = Done<Row | undefined>

/** The rules' SQLSTATEs; see the migration `workflow`. */
const [NOT_ALLOWED, ALREADY_DECIDED, INVALID_DATES, OVERLAP] = ['LG101', 'LG102', 'LG103', 'LG104']

/** Asks for days off. @throws RuleError for a rule that isn't known here */
export async function ask(run: RunStatement, days: Days, columns: readonly string[]): Promise<Finished> {
  const tried = await unlessRefused(run((tables) => insertRequest(tables, days, columns)))
  if (!(tried instanceof RuleError)) return finished('REQUEST', tried)
  const { rule, message, detail } = tried
  if (rule === NOT_ALLOWED) return finished('NOT_ALLOWED', undefined, message)
  if (rule === INVALID_DATES) return finished('INVALID_DATES', undefined, message)
  if (rule !== OVERLAP || detail === undefined) throw tried
  return finished('OVERLAP', await find(run, detail, columns), message)
}

/**
 * Approves, rejects or withdraws. Whoever may not see the request gets what they would get if there were none.
 * @throws RuleError for a rule that isn't known here
 */
export async function take(run: RunStatement, step: Step, columns: readonly string[]): Promise<Finished> {
  const tried = await unlessRefused(run((tables) => updateRequest(tables, step, columns)))
  if (tried && !(tried instanceof RuleError)) return finished('REQUEST', tried)
  if (tried?.rule === NOT_ALLOWED) return finished('NOT_ALLOWED', undefined, tried.message)
  if (tried && tried.rule !== ALREADY_DECIDED) throw tried
  const current = await find(run, step.id, columns)
  if (!current) return finished('NOT_FOUND')
  return finished(current['status'] === 'Pending' ? 'VERSION_CONFLICT' : 'ALREADY_DECIDED', current)
}

/** What was done before: the request that it was about as it is now, if this viewer may still see it. */
export async function recall(run: RunStatement, { id }: Outcome, columns: readonly string[]): Promise<Row | undefined> {
  return id === undefined ? undefined : find(run, id, columns)
}

/** The row that was written; undefined if there is none to write to; the rule that refuses it. */
async function unlessRefused(writing: Promise<readonly Row[]>): Promise<Row | RuleError | undefined> {
  try {
    const [row] = await writing
    return row
  } catch (error) {
    if (error instanceof RuleError) return error
    throw error
  }
}

/** The request as this transaction sees it now. */
async function find(run: RunStatement, id: string, columns: readonly string[]): Promise<Row | undefined> {
  const [row] = await run((tables) => rowsByIds(tables, holidayRequests, [id], [...columns, 'status', 'version']))
  return row
}

function finished(kind: string, row?: Row, message?: string): Finished {
  const id = row?.['id']
  return { value: row, outcome: { kind, ...(id == null ? {} : { id }), ...(message === undefined ? {} : { message }) } }
}

/**
 * The request, if that is what a mutation has come to. `value` is the request that the outcome is about, as it is now.
 * @throws MutationError for every other outcome.
 */
export function conclude({ outcome: { kind, message = '' }, value: row }: Finished): Row {
  if (kind === 'REQUEST') {
    if (row) return row
    throw new DoneBeforeError()
  }
  if (kind === 'NOT_ALLOWED') throw new NotAllowedError(message)
  if (kind === 'INVALID_DATES') throw new InvalidDatesError(message)
  if (kind === 'OVERLAP') throw new OverlapError(message, row)
  if (kind === 'ALREADY_DECIDED' && row) throw new AlreadyDecidedError(row)
  if (kind === 'VERSION_CONFLICT' && row) throw new VersionConflictError(row)
  throw new NotFoundError('There is no holiday request with this id that you may see.')
}
