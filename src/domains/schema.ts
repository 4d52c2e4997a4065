import type { GraphQLSchema } from 'graphql'
import { createBuilder } from '../graphql/index.ts'
import type { Domain } from './domain.ts'

/** The whole schema: what all `domains` have added. */
export function createSchema(domains: readonly Domain[]): GraphQLSchema {
  const builder = createBuilder()
  for (const domain of domains) domain.addTo(builder)
  return builder.toSchema()
}
