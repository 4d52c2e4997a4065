import type { LoadContext } from '../loaders/index.ts'

/** What resolvers get beside their arguments. The viewer is in `load`, where whatever reads data asks for it. */
export interface GraphQLContext {
  readonly requestId: string
  readonly load: LoadContext
  /** What the client calls this request's mutations, so that it may send them again; undefined if it hasn't said. */
  readonly idempotencyKey: string | undefined
  /** Only registered documents may be executed for this viewer. */
  readonly trustedOnly: boolean
  /** Columns of which this answer has said already that they can't be shown: said for each row, it would be a flood. */
  readonly complaints: Set<string>
  /** It is one query of a batch: what holds for the whole answer, the batch sees to. */
  readonly isPart: boolean
}
