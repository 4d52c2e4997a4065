import type { Page, Row } from '../db/index.ts'
import type { GraphQLContext } from './context.ts'
import { type PageArguments, toConnection, toPage } from './page.ts'

export interface PageRequest {
  /** Names the rows that are paged through: another order or filter is another list, with its own cursors. */
  readonly list: string
  readonly paging: PageArguments
  /** The column of a row that is its key. */
  readonly idColumn: string
  /** The column that rows are ordered by before their key, if there is one. */
  readonly orderColumn?: string
  /** Reads the page's rows, and one more if there are more. */
  readonly read: (page: Page) => Promise<readonly Row[]>
}

/** A page of a list as a Relay connection. @throws AppError BAD_USER_INPUT naming the argument that is wrong. */
export async function loadPage(request: PageRequest, { load: { db } }: GraphQLContext) {
  const { list, paging, idColumn, orderColumn, read } = request
  const page = toPage(paging, db.cursors, list)
  return toConnection(page, await read(page), (row) =>
    db
      .cursors()
      .encode(list, { value: (orderColumn === undefined ? null : row[orderColumn]) ?? null, id: row[idColumn] ?? '' }),
  )
}
