import type { Sql } from 'sql-template-tag'
import { conditionsOn, type Given, type ResolvedTable, type Span } from '../../db/index.ts'
import { type Builder, toTextKey } from '../../graphql/index.ts'
import { STATUSES, type Status } from './table.ts'

/** Which requests. All conditions that are given must hold. */
export interface HolidayRequestFilter {
  readonly status?: Given<readonly Status[]>
  /** An e-mail address, or the id of an Employee. */
  readonly employee?: Given<string>
  /** Those that have at least one day in it. */
  readonly dates?: Given<Span>
}

/** Adds the status, and the input type of the filter. */
export function addHolidayRequestFilter(builder: Builder) {
  const status = builder.enumType('HolidayRequestStatus', {
    description: 'Where a holiday request stands.',
    values: STATUSES,
  })
  const filter = builder.inputType('HolidayRequestFilter', {
    description: 'Which holiday requests. All conditions that are given must hold.',
    fields: (t) => ({
      status: t.field({ type: [status], description: 'Any of these; an empty list holds for none.' }),
      employee: t.id({ description: 'Who asks: the id of an Employee, or an e-mail address.' }),
      dates: t.field({ type: builder.refs.dateRange, description: 'Requests with at least one day off in it.' }),
    }),
  })
  return { status, filter }
}

/** The same filter always has the same text, in whatever order a client wrote it. */
export function canonicalFilter({ status, employee, dates }: HolidayRequestFilter): string {
  return JSON.stringify([status?.toSorted() ?? null, employee ?? null, dates?.from ?? null, dates?.until ?? null])
}

/** By column, the values that a request must have one of to pass the filter: changes of others don't matter to the list. */
export function listedValues({ status, employee }: HolidayRequestFilter): Readonly<Record<string, readonly string[]>> {
  return {
    ...(employee == null ? {} : { requester: [toTextKey(employee, 'Employee', 'filter.employee')] }),
    ...(status == null ? {} : { status }),
  }
}

/** @throws AppError BAD_USER_INPUT for what is no employee, TABLE_UNAVAILABLE where a column is missing. */
export function requestConditions(table: ResolvedTable, filter: HolidayRequestFilter): readonly Sql[] {
  const { status, employee, dates } = filter
  const conditions = conditionsOn(table)
  conditions.anyOf('status', status && [...new Set(status)])
  conditions.equals('requester', employee == null ? employee : toTextKey(employee, 'Employee', 'filter.employee'))
  conditions.within('startDate', { until: dates?.until })
  conditions.within('endDate', { from: dates?.from })
  return conditions.all
}
