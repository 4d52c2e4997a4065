import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '../kernel/errors.ts'

/** Of `lakebase-graphql-sdk`: older ones ask for what is gone. Raised with the release that takes it away. */
export const OLDEST_CLIENT = '0.1.0'
/** The header that says so. */
export const OLDEST_CLIENT_HEADER = 'X-Oldest-Client'

const CLIENT = /^lakebase-graphql-sdk\/(\d{1,6})\.(\d{1,6})\.(\d{1,6})/

/** Whether the client is young enough, or says nothing of itself. */
export function isFit({ 'x-client': client }: IncomingHttpHeaders): boolean {
  if (client === undefined) return true
  const numbers = numbersOf(String(client))
  const oldest = OLDEST_CLIENT.split('.').map(Number)
  const differing = numbers?.findIndex((number, at) => number !== oldest[at]) ?? -1
  return differing < 0 || (numbers?.[differing] ?? 0) > (oldest[differing] ?? 0)
}

/** @throws AppError CLIENT_TOO_OLD */
export function checkClient(headers: IncomingHttpHeaders): void {
  if (isFit(headers)) return
  throw new AppError(
    'CLIENT_TOO_OLD',
    `This app takes lakebase-graphql-sdk from ${OLDEST_CLIENT}. Install a newer one: npm install lakebase-graphql-sdk@latest`,
  )
}

function numbersOf(client: string): number[] | undefined {
  const [, ...numbers] = CLIENT.exec(client) ?? []
  return numbers.length === 0 ? undefined : numbers.map(Number)
}
