import { type Done, type Outcome, type Row, RuleError, type RunStatement, rowsByIds } from '../../db/index.ts'
import { NotAllowedError, NotFoundError } from '../../graphql/index.ts'
import { AlreadyDecidedError, InvalidDatesError, OverlapError, VersionConflictError } from './mutation-errors.ts'
import { holidayRequests } from './table.ts'
import { type Days, insertRequest, type Step, updateRequest } from './write-queries.ts'

/** What a mutation has come to, with the request that it is about, if there is one. */
type Finished = Done<Row | undefined>

/** The rules' SQLSTATEs; see the migration `workflow`. */
const [NOT_ALLOWED, INVALID_DATES, OVERLAP] = ['LG101', 'LG103', 'LG104']

/** Asks for days off. */
export async function ask(run: RunStatement, days: Days, columns: readonly string[]): Promise<Finished> {
  try {
    const [row] = await run((tables) => insertRequest(tables, days, columns))
    return finished('REQUEST', row)
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    const { rule, message, detail } = error
    if (rule === NOT_ALLOWED || rule === INVALID_DATES) {
      return finished(rule === NOT_ALLOWED ? 'NOT_ALLOWED' : 'INVALID_DATES', undefined, message)
    }
    if (rule !== OVERLAP || detail === undefined) throw error
    return finished('OVERLAP', await find(run, detail, columns), message)
  }
}

/** Approves, rejects or withdraws. Whoever may not see the request gets what they would get if there were none. */
export async function take(run: RunStatement, step: Step, columns: readonly string[]): Promise<Finished> {
  const refusal = await tryStep(run, step, columns)
  if (!(refusal instanceof RuleError) && refusal) return finished('REQUEST', refusal)
  const current = await find(run, step.id, columns)
  if (!current) return finished('NOT_FOUND')
  if (refusal?.rule === NOT_ALLOWED) return finished('NOT_ALLOWED', undefined, refusal.message)
  return finished(current['status'] === 'Pending' ? 'VERSION_CONFLICT' : 'ALREADY_DECIDED', current)
}

async function tryStep(
  run: RunStatement,
  step: Step,
  columns: readonly string[],
): Promise<Row | RuleError | undefined> {
  try {
    const [row] = await run((tables) => updateRequest(tables, step, columns))
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
 * The request, if that is what a mutation has come to. `row` is the one that the outcome is about, as it is now.
 * @throws MutationError for every other outcome.
 */
export function conclude({ kind, message = '' }: Outcome, row: Row | null | undefined): Row {
  if (kind === 'NOT_ALLOWED') throw new NotAllowedError(message)
  if (kind === 'INVALID_DATES') throw new InvalidDatesError(message)
  // Also what was there when it was done, and isn't for this viewer any more.
  if (!row) throw new NotFoundError('There is no holiday request with this id that you may see.')
  if (kind === 'ALREADY_DECIDED') throw new AlreadyDecidedError(row)
  if (kind === 'VERSION_CONFLICT') throw new VersionConflictError(row)
  if (kind === 'OVERLAP') throw new OverlapError(message, row)
  return row
}
