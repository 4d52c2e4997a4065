export type { NamesOf } from './catalog.ts'
export type { Change, ChangeSource, OpenChanges, Poll, SyncedVersion } from './change-log/source.ts'
export { conditionsOn, type Given, type NumberRange, type Span } from './conditions.ts'
export type { CursorCodec, Position } from './cursor.ts'
export { createDatabase, type Database, type DatabaseOptions } from './database.ts'
export { declaredTables } from './declared-tables.ts'
export { diagnose, lookAs } from './diagnosis/diagnose.ts'
export { columnsOf, functionsCalled, lookAtSyncedTables } from './diagnosis/facts.ts'
export type { DiagnoseOptions } from './diagnosis/options.ts'
export { lookAsViewer } from './diagnosis/viewer.ts'
export { reasonOf } from './failures.ts'
export { claimKey, type Outcome, storeOutcome } from './idempotency.ts'
export { createIndexSql } from './indexes.ts'
export type { Page } from './keyset.ts'
export { upOf } from './migrate.ts'
export type { SnapshotReader } from './one-snapshot.ts'
export { operatorQuestion } from './operators.ts'
export { type Order, rowsByIds, rowsPage } from './rows.ts'
export { selectColumns } from './selection.ts'
export type { DatabaseSettings } from './settings.ts'
export { type Row, type Statement, statement } from './statement.ts'
export type {
  Audience,
  ColumnDefinition,
  ColumnFamily,
  ComputedColumn,
  IndexDefinition,
  MadeFrom,
  ResolvedColumn,
  ResolvedTable,
  TableDefinition,
  TableNames,
  Tables,
} from './tables.ts'
export { RuleError } from './write-failures.ts'
export type { Done, RunStatement, Write, Written } from './write-once.ts'
