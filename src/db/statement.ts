import type { Sql } from 'sql-template-tag'
import { badInput } from '../kernel/errors.ts'

export type Parameter = string | null | readonly string[]

/** One SQL statement that can be sent: named, with its parameters apart, its answer's columns known. */
export interface Statement {
  /** `trips.page`: domain and purpose. Stands at the head of the text too, for the server's own statistics. */
  readonly name: string
  readonly text: string
  readonly values: readonly Parameter[]
  /** The answer's columns in order, by the names that a row has them under. */
  readonly columns: readonly string[]
}

/** A row as Postgres writes it: every value as text, nothing parsed. */
export type Row = Readonly<Record<string, string | null>>

/** Puts a name and the columns of its answer to a piece of SQL. */
export function statement(name: string, columns: readonly string[], sql: Sql): Statement {
  return { name, text: `/* ${name} */ ${sql.text}`, values: sql.values.map(toParameter), columns }
}

function toParameter(value: unknown): Parameter {
  if (value === null) return null
  if (Array.isArray(value)) return value.map(toText)
  return toText(value)
}

/** Postgres' text can hold neither NUL nor half a character; asked for it anyway, it fails in ways of its own. */
function toText(value: unknown): string {
  const text = String(value)
  if (text.includes('\0') || !text.isWellFormed()) {
    throw badInput('value', 'A text contains NUL or half of a surrogate pair, which Postgres can’t hold.')
  }
  return text
}
