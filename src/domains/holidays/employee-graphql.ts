import type { GraphQLResolveInfo } from 'graphql'
import type { Row } from '../../db/index.ts'
import { bare } from '../../execution/index.ts'
import {
  type Builder,
  fromColumn,
  type GraphQLContext,
  selectedColumns,
  toNode,
  toTextKey,
} from '../../graphql/index.ts'
import { employeeByEmail } from './loaders.ts'
import { employees } from './table.ts'

/** Adds the type of an employee. */
export function addEmployeeType(builder: Builder) {
  const employee = builder.objectRef<Row>('Employee')
  return builder.node(employee, {
    description: 'Somebody who may ask for holidays. You see yourself, your manager and your reports.',
    id: { resolve: emailOf, description: 'The employee’s id across all types.' },
    loadWithoutCache: (id, context, info) => toNode(loadEmployee(toTextKey(id, 'Employee'), context, info)),
    fields: (t) => ({
      email: t.string({ description: employees.columns.email.description, resolve: emailOf }),
      name: t.string(fromColumn(employees, 'name', String)),
      manager: t.field({
        type: employee,
        nullable: true,
        description: 'Whom the employee reports to; null if there is nobody, or nobody whom you may see.',
        extensions: { columns: ['manager'] },
        resolve: (row, _args, context, info) => loadEmployee(row['manager'], context, info),
      }),
    }),
  })
}

const emailOf = bare((row: Row): string => row['email'] ?? '')

/** An employee by e-mail address, as far as the field that is being resolved is asked for; null if that is null. */
export async function loadEmployee(
  email: string | null | undefined,
  { load }: GraphQLContext,
  info: GraphQLResolveInfo,
): Promise<Row | null> {
  return email == null ? null : employeeByEmail.load(load, { id: email, columns: selectedColumns(info, 'Employee') })
}
