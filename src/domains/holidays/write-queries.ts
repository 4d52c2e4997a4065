import sql, { join, type Sql } from 'sql-template-tag'
import { type ResolvedTable, type Statement, selectColumns, statement, type Tables } from '../../db/index.ts'
import { holidayRequests, type Status } from './table.ts'

/** From the first day off to the last. */
export interface Days {
  readonly startDate: string
  readonly endDate: string
}

/** Asks for days off, for whoever runs it: the table's rules say who that is, and set everything else. */
export function insertRequest(tables: Tables, { startDate, endDate }: Days, columns: readonly string[]): Statement {
  const table = tables.get(holidayRequests)
  const { names, expressions } = selectColumns(table, holidayRequests.idColumn, columns)
  const into = join([table.column('startDate').sql, table.column('endDate').sql], ', ')
  const text = sql`insert into ${table.sql} (${into}) select ${startDate}::date, ${endDate}::date where ${rulesOf(table)}
    returning ${join(expressions, ', ')}`
  return statement('holidayRequests.create', names, text)
}

/** A step of the workflow. */
export interface Step {
  readonly id: string
  /** The version that was looked at. */
  readonly version: number
  readonly status: Status
  /** The manager's; what is there stays if there is none. */
  readonly note: string | undefined
}

/** Takes a step, if the request is at that version; gives no row otherwise. */
export function updateRequest(tables: Tables, step: Step, columns: readonly string[]): Statement {
  const { id, version, status, note } = step
  const table = tables.get(holidayRequests)
  const { names, expressions } = selectColumns(table, holidayRequests.idColumn, columns)
  const set = [sql`${table.column('status').sql} = ${status}`]
  if (note !== undefined) set.push(sql`${table.column('managerNote').sql} = ${note}`)
  const text = sql`update ${table.sql} set ${join(set, ', ')}
    where ${rulesOf(table)} and ${table.column('id').sql} = ${id}::bigint and ${table.column('version').sql} = ${version}::integer
    returning ${join(expressions, ', ')}`
  return statement('holidayRequests.decide', names, text)
}

/** Nothing is written where the table's rules and policies don't bind whoever writes. */
function rulesOf({ rules, display }: ResolvedTable): Sql {
  if (!rules) throw new Error(`${display} has no rules, so nobody may write to it`)
  return rules
}
