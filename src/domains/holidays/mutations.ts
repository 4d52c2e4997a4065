import type { GraphQLResolveInfo } from 'graphql'
import type { Given, Row, RunStatement } from '../../db/index.ts'
import {
  type Builder,
  DoneBeforeError,
  type GraphQLContext,
  IdempotencyMismatchError,
  NotAllowedError,
  NotFoundError,
  selectedColumns,
  toRowId,
  write,
} from '../../graphql/index.ts'
import { badInput } from '../../kernel/errors.ts'
import { AlreadyDecidedError, InvalidDatesError, OverlapError, VersionConflictError } from './mutation-errors.ts'
import type { RequestRef } from './request-graphql.ts'
import type { Status } from './table.ts'
import { ask, conclude, recall, take } from './workflow.ts'

const DECISION_ERRORS = [
  NotFoundError,
  NotAllowedError,
  AlreadyDecidedError,
  VersionConflictError,
  DoneBeforeError,
  IdempotencyMismatchError,
]
const MAX_NOTE = 2_000

/** Adds the mutations of holiday requests. They may be null, so that one that fails doesn't hide what others have done. */
export function addHolidayMutations(builder: Builder, request: RequestRef): void {
  addCreate(builder, request)
  addDecision(builder, request, { name: 'approveHolidayRequest', verb: 'Approves', status: 'Approved' })
  addDecision(builder, request, { name: 'rejectHolidayRequest', verb: 'Rejects', status: 'Rejected' })
  addWithdraw(builder, request)
}

function addCreate(builder: Builder, request: RequestRef): void {
  const input = builder.inputType('CreateHolidayRequestInput', {
    description: 'The days that you ask for.',
    fields: (t) => ({
      startDate: t.field({
        type: 'Date',
        required: true,
        description: 'The first day off: not in the past (anywhere on earth), at most two years ahead.',
      }),
      endDate: t.field({
        type: 'Date',
        required: true,
        description: 'The last day off: at most a year after the first.',
      }),
    }),
  })
  builder.mutationField('createHolidayRequest', (t) =>
    t.field({
      type: request,
      nullable: true,
      description:
        'Asks for days off, for yourself. Your manager is to decide; where the chart names none, it stays pending until it does.',
      args: { input: t.arg({ type: input, required: true, description: 'The days that you ask for.' }) },
      errors: {
        types: [NotAllowedError, InvalidDatesError, OverlapError, DoneBeforeError, IdempotencyMismatchError],
        directResult: true,
        union: { name: 'CreateHolidayRequestResult', description: 'The new request, or why there is none.' },
      },
      resolve: async (_root, args, context, info) => {
        const columns = selectedColumns(info, 'HolidayRequest')
        const work = (run: RunStatement) => ask(run, args.input, columns)
        return conclude(
          await write({ args, context, info }, { work, recall: (run, outcome) => recall(run, outcome, columns) }),
        )
      },
    }),
  )
}

interface Decision {
  readonly name: 'approveHolidayRequest' | 'rejectHolidayRequest'
  readonly verb: string
  readonly status: Status
}

function addDecision(builder: Builder, request: RequestRef, { name, verb, status }: Decision): void {
  const typeName = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
  const input = builder.inputType(`${typeName}Input`, {
    description: 'Which request, as you have seen it, and what you say to it.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'The id of a HolidayRequest, or its number.' }),
      version: t.int({ required: true, description: 'The version of the request that you have seen.' }),
      note: t.string({ description: `What you say to it, at most ${MAX_NOTE} characters.` }),
    }),
  })
  builder.mutationField(name, (t) =>
    t.field({
      type: request,
      nullable: true,
      description: `${verb} a pending request of one of your reports.`,
      args: { input: t.arg({ type: input, required: true, description: 'Which request, and what you say to it.' }) },
      errors: {
        types: DECISION_ERRORS,
        directResult: true,
        union: { name: `${typeName}Result`, description: 'The decided request, or why it isn’t decided by you.' },
      },
      resolve: (_root, { input }, context, info) =>
        step({ status, ...input, note: checkNote(input.note) }, context, info),
    }),
  )
}

function addWithdraw(builder: Builder, request: RequestRef): void {
  const input = builder.inputType('WithdrawHolidayRequestInput', {
    description: 'Which request, as you have seen it.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'The id of a HolidayRequest, or its number.' }),
      version: t.int({ required: true, description: 'The version of the request that you have seen.' }),
    }),
  })
  builder.mutationField('withdrawHolidayRequest', (t) =>
    t.field({
      type: request,
      nullable: true,
      description: 'Withdraws a pending request of your own.',
      args: { input: t.arg({ type: input, required: true, description: 'Which request.' }) },
      errors: {
        types: DECISION_ERRORS,
        directResult: true,
        union: { name: 'WithdrawHolidayRequestResult', description: 'The withdrawn request, or why it isn’t.' },
      },
      resolve: (_root, { input }, context, info) =>
        step({ status: 'Withdrawn', ...input, note: undefined }, context, info),
    }),
  )
}

interface StepArguments {
  readonly id: string
  readonly version: number
  readonly status: Status
  readonly note: string | undefined
}

async function step(given: StepArguments, context: GraphQLContext, info: GraphQLResolveInfo): Promise<Row> {
  const columns = selectedColumns(info, 'HolidayRequest')
  const wanted = { ...given, id: toRowId(given.id, 'HolidayRequest', 'input.id') }
  const work = (run: RunStatement) => take(run, wanted, columns)
  return conclude(
    await write({ args: wanted, context, info }, { work, recall: (run, outcome) => recall(run, outcome, columns) }),
  )
}

/** @throws AppError BAD_USER_INPUT for what Postgres can't hold, or is too long. */
function checkNote(note: Given<string>): string | undefined {
  if (note == null) return undefined
  if (note.includes('\0') || !note.isWellFormed()) {
    throw badInput('input.note', 'input.note contains NUL or half of a surrogate pair, which Postgres can’t hold.')
  }
  // As Postgres counts: an emoji is one.
  const length = note.length > 2 * MAX_NOTE ? note.length : [...note].length
  if (length <= MAX_NOTE) return note
  throw badInput('input.note', `input.note has ${length} characters; at most ${MAX_NOTE} are allowed.`)
}
