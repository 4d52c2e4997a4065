import type { Sql } from 'sql-template-tag'

/** What a column must be able to do for us; any Postgres type of the family will. */
export type ColumnFamily = 'integer' | 'float' | 'timestamp' | 'date' | 'text' | 'boolean' | 'json'

export interface ColumnDefinition {
  /** The name in Postgres, compared without regard to case. A setting may replace it. */
  readonly column: string
  readonly family: ColumnFamily
  /** Its type in Postgres as a rule, where that isn't the usual one of its family; for the SQL that is printed. */
  readonly type?: string
  readonly description: string
}

/** What is made from columns in SQL. It is there if all of them are. */
export interface ComputedColumn {
  readonly from: readonly string[]
  readonly sql: (table: ResolvedTable) => Sql
  /** Its type, ready for a cast. Needed only if rows are ordered by it. */
  readonly type?: Sql
  readonly description: string
}

export interface IndexDefinition {
  readonly name: string
  /** What it is on, in order, made from the resolved columns. */
  readonly on: (table: ResolvedTable) => readonly Sql[]
}

/**
 * Who may share what was read.
 * `everyone`: the same for all who may read the table; read by the app's own role.
 * `viewer`: depends on who asks; read as the viewer, under row-level security.
 */
export type Audience = 'everyone' | 'viewer'

/** A table as a domain declares it. Names are defaults: a setting may put others in their place. */
export interface TableDefinition {
  /** `trips`: our own name for it. The settings `TRIPS_TABLE` and `TRIPS_COLUMNS` are made from it. */
  readonly key: string
  /** `owned`: ours. `synced`: a read-only copy that a pipeline writes. `borrowed`: another app's. */
  readonly origin: 'owned' | 'synced' | 'borrowed'
  /** There is no default that could be forgotten. */
  readonly audience: Audience
  readonly schema: string
  readonly table: string
  /** By our name of the column; the GraphQL fields it feeds have the same name as a rule. */
  readonly columns: Readonly<Record<string, ColumnDefinition>>
  /** Our name of the column that identifies a row. */
  readonly idColumn: string
  readonly computed: Readonly<Record<string, ComputedColumn>>
  readonly indexes: readonly IndexDefinition[]
  /** Viewers may write to it, within the rules of its trigger `rules`. */
  readonly writable?: boolean
  /** Columns whose old and new values are noted with each change, for lists of the rows that have one value there. */
  readonly listedBy?: readonly string[]
  /** Functions that policies call, `schema.name(types)`, and the tables that each reads, quoted: `"schema"."table"`. */
  readonly policiesCall?: Readonly<Record<string, readonly string[]>>
}

/** What the rows of a table are made from, as this viewer or another is shown them. Names are quoted. */
export interface MadeFrom {
  readonly table: string
  /** Tables that its policies read. */
  readonly policies: readonly string[]
  /** Keys of changed rows are noted, as we know them. */
  readonly keyed: boolean
  /** Columns whose old and new values are noted with each change, by their names in Postgres. */
  readonly columns: readonly string[]
  /** Why they can't be kept in memory: some change of them couldn't be known. */
  readonly unfit: string | undefined
}

/** A column as Postgres has it. */
export interface ResolvedColumn {
  /** Quoted, ready for SQL. */
  readonly sql: Sql
  /** The name in Postgres, as it is. */
  readonly name: string
  /** Its type as Postgres writes it, `timestamp with time zone`, ready for a cast. */
  readonly type: Sql
}

/** A table as Postgres has it. */
export interface ResolvedTable {
  /** Schema and name, quoted, ready for SQL. */
  readonly sql: Sql
  readonly display: string
  /** Belongs to the conditions of every statement that reads it; undefined where everyone shares the rows. */
  readonly guard: Sql | undefined
  /** Belongs to the conditions of every statement that writes to it; undefined where nobody may. */
  readonly rules: Sql | undefined
  /** @throws AppError TABLE_UNAVAILABLE if the column isn't there or has an unfit type. */
  column(name: string): ResolvedColumn
  /**
   * The expression for a column, computed or not.
   * @throws AppError TABLE_UNAVAILABLE if a column that it needs isn't there.
   */
  expression(name: string): Sql
  /** The type of what `expression` gives. @throws AppError TABLE_UNAVAILABLE as it does. */
  typeOf(name: string): Sql
  /** Whether `expression` would have an answer. */
  has(name: string): boolean
  /** The same for somebody who may read these columns of it only, by their names in Postgres; others throw FORBIDDEN. */
  limitedTo(columns: ReadonlySet<string>): ResolvedTable
}

/** All tables at one moment. */
export interface Tables {
  /** @throws AppError TABLE_UNAVAILABLE if the table isn't there, FORBIDDEN or NO_DATABASE_ROLE if it isn't for this viewer. */
  get(definition: TableDefinition): ResolvedTable
  /** Of a table that is there. */
  madeFrom(definition: TableDefinition): MadeFrom
  /** What is missing. */
  readonly problems: readonly TableProblem[]
  /** The same text as long as nothing of all this changes. */
  readonly fingerprint: string
  /** A short text for all of it and what this viewer may see of it: who has the same may be shown the same of what is everyone's. */
  readonly authorization: string
}

/** A table or column that isn't as declared. */
export interface TableProblem {
  /** The table's key. */
  readonly table: string
  /** What is missing and which fields are off, for everybody. */
  readonly problem: string
  /** How an operator mends it. */
  readonly mend: string
}

/** The operator's own names: of a table, and of columns by our names for them. */
export interface TableNames {
  readonly schema: string
  readonly table: string
  readonly columns: Readonly<Record<string, string>>
}
