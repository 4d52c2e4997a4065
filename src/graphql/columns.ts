import {
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLResolveInfo,
  getNamedType,
  isInterfaceType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql'
import type { Row, TableDefinition } from '../db/index.ts'
import { bare } from '../execution/index.ts'
import type { GraphQLContext } from './context.ts'

/** Marks a GraphQL field with the columns that it is made from. */
interface ColumnExtensions {
  readonly columns: readonly string[]
}

/** The value of one column of a row: NULL is null. @throws AppError TABLE_UNAVAILABLE if the table lacks it. */
function cell(row: Row, table: TableDefinition, column: string, context: GraphQLContext): string | null {
  const value = row[column]
  if (value !== undefined) return value
  context.load.tables(table.audience).get(table).expression(column)
  throw new Error(`${table.key}.${column} was not read, though a field of the query is made from it`)
}

/** Options of a field that shows one column: `t.float(fromColumn(trips, 'fare', toFloat))`. */
export function fromColumn<Value>(table: TableDefinition, column: string, convert: (text: string) => Value) {
  const definition = table.columns[column] ?? table.computed[column]
  if (!definition) throw new Error(`${table.key} declares no column "${column}" in its table.ts`)
  const extensions: ColumnExtensions = { columns: [column] }
  const name = `${table.key}.${column}`
  return {
    nullable: true as const,
    description: definition.description,
    extensions: { ...extensions },
    resolve: bare((row: Row, _args: object, context: GraphQLContext): Value | null => {
      try {
        const value = cell(row, table, column, context)
        return value === null ? null : convert(value)
      } catch (error) {
        if (context.complaints.has(name)) return null
        context.complaints.add(name)
        throw error
      }
    }),
  }
}

/** Columns of objects of `typeName` that the field being resolved is asked for, sorted; at whatever level they lie. */
export function selectedColumns(info: GraphQLResolveInfo, typeName: string): string[] {
  const columns = new Set<string>()
  const type = getNamedType(info.returnType)
  for (const node of info.fieldNodes) collect({ info, typeName, columns }, node.selectionSet, type)
  return [...columns].sort()
}

interface Collection {
  readonly info: GraphQLResolveInfo
  readonly typeName: string
  readonly columns: Set<string>
}

/** `@skip` and `@include` aren't looked at: a column too many is only a little work. */
function collect(into: Collection, selections: SelectionSetNode | undefined, type: GraphQLNamedType): void {
  for (const selection of selections?.selections ?? []) {
    if (selection.kind === 'Field') {
      collectField(into, selection, type)
      continue
    }
    const part = selection.kind === 'FragmentSpread' ? into.info.fragments[selection.name.value] : selection
    const condition = part?.typeCondition?.name.value
    const partType = condition === undefined ? type : into.info.schema.getType(condition)
    if (part && partType) collect(into, part.selectionSet, partType)
  }
}

function collectField(into: Collection, node: FieldNode, type: GraphQLNamedType): void {
  if (!isObjectType(type) && !isInterfaceType(type)) return
  const field = type.getFields()[node.name.value]
  if (!field) return
  if (type.name !== into.typeName) {
    collect(into, node.selectionSet, getNamedType(field.type))
    return
  }
  const { columns } = field.extensions
  if (Array.isArray(columns)) for (const column of columns) into.columns.add(String(column))
}
