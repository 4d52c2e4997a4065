import type { CallOptions } from './call.ts'
import { LakebaseError } from './errors.ts'

/** One page of a list (Relay's cursor connections). */
export interface Connection {
  readonly nodes: readonly unknown[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null }
}

/** As many as the server gives at most. */
const FIRST = 500

type Load = (variables: object, options?: CallOptions) => Promise<unknown>

/** Walks the pages of a list; each page is a call of its own, with all its tries. */
export function walk(name: string, load: Load) {
  return async function* pages(
    variables: { readonly after?: string | null; readonly first?: number } = {},
    options: CallOptions = {},
  ): AsyncGenerator<unknown, void, undefined> {
    let { after } = variables
    if (variables.first === 0)
      throw new LakebaseError('BAD_OPTIONS', 'first must be at least 1 in a walk: of each page.')
    let [marked, steps, next] = [after, 0, 1]
    for (;;) {
      const { nodes, pageInfo } = await page(name, load, { first: FIRST, ...variables, after }, options)
      yield* nodes
      if (!pageInfo.hasNextPage) return
      if (pageInfo.endCursor == null || pageInfo.endCursor === marked) {
        throw new LakebaseError(
          'BAD_ANSWER',
          `${name} says that there is more, but not where. Report it with this message.`,
        )
      }
      after = pageInfo.endCursor
      // A walk in a circle comes by the mark, which is set ever more rarely (Brent 1980).
      if (++steps === next) [marked, steps, next] = [after, 0, 2 * next]
    }
  }
}

async function page(
  name: string,
  load: Load,
  variables: { readonly first: number; readonly after?: string | null | undefined },
  options: CallOptions,
): Promise<Connection> {
  try {
    const loaded = await load(variables, options)
    if (isConnection(loaded)) return loaded
    throw new LakebaseError('BAD_ANSWER', `${name} has no pages.`)
  } catch (error) {
    if (error instanceof LakebaseError) error.after = variables.after ?? undefined
    throw error
  }
}

function isConnection(loaded: unknown): loaded is Connection {
  return typeof loaded === 'object' && loaded !== null && 'nodes' in loaded && 'pageInfo' in loaded
}
