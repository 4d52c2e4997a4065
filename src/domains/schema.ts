import { type GraphQLSchema, isInterfaceType } from 'graphql'
import { createBuilder } from '../graphql/index.ts'
import type { Domain } from './domain.ts'

/** The whole schema: what all `domains` have added. `disableScopeAuth` leaves what is said early to Postgres alone. */
export function createSchema(domains: readonly Domain[], { disableScopeAuth = false } = {}): GraphQLSchema {
  const builder = createBuilder()
  for (const domain of domains) domain.addTo(builder)
  const schema = builder.toSchema({ disableScopeAuth })
  const node = schema.getType('Node')
  // Only now is it known which types an id can be of.
  if (isInterfaceType(node)) for (const { name } of schema.getPossibleTypes(node)) builder.nodeTypes.add(name)
  return schema
}
