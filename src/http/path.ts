import type { IncomingMessage } from 'node:http'

/** A request's path without its query, which can hold anything. */
export function pathOf({ url = '/' }: Pick<IncomingMessage, 'url'>): string {
  return url.split('?', 1)[0] ?? '/'
}
