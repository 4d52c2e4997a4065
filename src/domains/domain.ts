import type { Statement, TableDefinition, Tables } from '../db/index.ts'
import type { Builder } from '../graphql/index.ts'
import type { Export } from '../loaders/index.ts'

/** What a domain brings. Its migrations, if it owns tables, lie in its folder `migrations` and need no mention. */
export interface Domain {
  readonly name: string
  readonly tables: readonly TableDefinition[]
  /** Adds its part of the schema. */
  readonly addTo: (builder: Builder) => void
  /** What is to be had as lines of JSON, by path; for operators. */
  readonly exports?: Readonly<Record<string, Export>>
  /** Operations to begin with, which GraphiQL opens in a tab each. */
  readonly examples: readonly string[]
  /** Every form of statement that it can send, by what is special about it; for `schema/queries`. */
  readonly samples: (tables: Tables) => Readonly<Record<string, Statement>>
}
