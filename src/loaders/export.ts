import type { LoadContext } from './load-context.ts'

/**
 * Gives parts of a text of JSON lines, for what a URL's query asks.
 * @throws AppError before the first part, if there is to be none; `load`'s signal's reason
 */
export type Export = (load: LoadContext, query: URLSearchParams) => AsyncIterable<string>
