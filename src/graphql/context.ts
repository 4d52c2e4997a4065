import type { LoadContext } from '../loaders/index.ts'

/** What resolvers get beside their arguments. The viewer is in `load`, where whatever reads data asks for it. */
export interface GraphQLContext {
  readonly requestId: string
  readonly load: LoadContext
  /** Columns of which this answer has said already that they can't be shown: said for each row, it would be a flood. */
  readonly complaints: Set<string>
}
