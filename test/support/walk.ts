import { expect } from 'vitest'
import type { TestApp } from './test-app.ts'

export interface Walk {
  /** The query field of a connection, `trips`. */
  readonly field: string
  /** Its arguments but for the page: `orderBy: { field: FARE }`. */
  readonly args: string
  /** What to take of each node: `tripId`. */
  readonly key: string
  readonly size: number
  readonly way: 'forwards' | 'backwards'
}

const MAX_PAGES = 400

/** The keys of all nodes that paging meets, in the order of the list. Checks what each page says of its neighbours. */
export async function walk(app: TestApp, { field, args, key, size, way }: Walk): Promise<string[]> {
  const forwards = way === 'forwards'
  const keys: string[] = []
  let cursor: string | null = null
  for (let page = 0; page < MAX_PAGES; page++) {
    const paging: string = forwards ? `first: ${size}, after: $cursor` : `last: ${size}, before: $cursor`
    const { data, errors } = await app.query(
      `query ($cursor: String) { list: ${field}(${paging}, ${args}) {
         nodes { ${key} } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
      { cursor },
    )
    expect(errors).toBeUndefined()
    const { nodes, pageInfo } = data.list
    const found = nodes.map((node: Readonly<Record<string, string>>) => node[key])
    if (forwards) keys.push(...found)
    else keys.unshift(...found)
    expect(forwards ? pageInfo.hasPreviousPage : pageInfo.hasNextPage).toBe(page > 0)
    if (!(forwards ? pageInfo.hasNextPage : pageInfo.hasPreviousPage)) return keys
    cursor = forwards ? pageInfo.endCursor : pageInfo.startCursor
  }
  throw new Error(`paging through ${field} does not end`)
}
