import type { LoadContext } from '../loaders/index.ts'

/** What resolvers get beside their arguments. The viewer is in `load`, where whatever reads data asks for it. */
export interface GraphQLContext {
  readonly requestId: string
  readonly load: LoadContext
}
