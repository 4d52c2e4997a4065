import type { CursorCodec, Page, Row } from '../db/index.ts'
import { badInput } from '../kernel/errors.ts'

export const DEFAULT_PAGE = 20
export const MAX_PAGE = 500

/** Relay's arguments of a connection as a client sent them. */
export interface PageArguments {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
  readonly last?: number | null | undefined
  readonly before?: string | null | undefined
}

/**
 * Checks a connection's arguments. `list` names the rows paged through, for cursors.
 * @throws AppError BAD_USER_INPUT naming the argument that is wrong.
 */
export function toPage(args: PageArguments, cursors: () => CursorCodec, list: string): Page {
  const { first, after, last, before } = args
  if (first != null && last != null) throw badInput('last', 'Pass first or last, not both.')
  const backwards = last != null
  if (!backwards && before != null) throw badInput('before', 'before goes with last. Pass last, or after with first.')
  if (backwards && after != null) throw badInput('after', 'after goes with first. Pass first, or before with last.')
  const [name, size] = backwards ? (['last', last] as const) : (['first', first ?? DEFAULT_PAGE] as const)
  checkUpTo(name, size, MAX_PAGE)
  const cursor = backwards ? before : after
  const argument = backwards ? 'before' : 'after'
  return { size, backwards, from: cursor == null ? undefined : cursors().decode(list, cursor, argument) }
}

/** How many rows a page may have, for the cost of a query; wrong arguments are refused elsewhere. */
export function pageCost({ first, last }: PageArguments): { field: number; multiplier: number } {
  const size = last ?? first ?? DEFAULT_PAGE
  return costOf(size, MAX_PAGE)
}

/** The cost of a list of `count` things, `most` of which are allowed. */
export function costOf(count: number, most: number): { field: number; multiplier: number } {
  return { field: 1, multiplier: Math.min(Math.max(count, 1), most) }
}

/** @throws AppError BAD_USER_INPUT naming `argument` if `count` isn't from 0 to `most`. */
export function checkUpTo(argument: string, count: number, most: number): void {
  if (count < 0 || count > most) throw badInput(argument, `${argument} must be from 0 to ${most}, but is ${count}.`)
}

/** One row of a page. Its cursor is made only when somebody asks for it. */
export class Edge {
  readonly node: Row
  readonly #toCursor: (row: Row) => string

  constructor(node: Row, toCursor: (row: Row) => string) {
    this.node = node
    this.#toCursor = toCursor
  }

  get cursor(): string {
    return this.#toCursor(this.node)
  }
}

/**
 * A Relay connection from the rows of a page, which hold one more than its size if there are more beyond.
 * `hasPreviousPage` of a forward page is whether it began at a cursor, and the reverse: finding out more would cost.
 */
export function toConnection(page: Page, rows: readonly Row[], toCursor: (row: Row) => string) {
  const more = rows.length > page.size
  const shown = rows.slice(0, page.size)
  if (page.backwards) shown.reverse()
  const edges = shown.map((row) => new Edge(row, toCursor))
  return {
    edges,
    pageInfo: {
      hasNextPage: page.backwards ? page.from !== undefined : more,
      hasPreviousPage: page.backwards ? more : page.from !== undefined,
      get startCursor() {
        return edges[0]?.cursor ?? null
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null
      },
    },
  }
}
