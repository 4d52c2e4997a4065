import { once } from 'node:events'
import { AppError } from '../kernel/errors.ts'
import { createLoadContext, type LoadContext } from '../loaders/index.ts'
import type { GraphQLRouteOptions, RouteRequest } from './graphql-route.ts'

/** Gives parts of a text of JSON lines, for what a URL's query asks. */
export type Export = (load: LoadContext, query: URLSearchParams) => AsyncIterable<string>

/** A GET of many lines of JSON, for operators. What is read is read as the viewer, as anything else. */
export async function answerExport(
  { authenticate, db, isOperator }: Pick<GraphQLRouteOptions, 'authenticate' | 'db' | 'isOperator'>,
  { request, response, signal }: RouteRequest,
  exported: Export,
): Promise<void> {
  if (request.method !== 'GET') throw new AppError('METHOD_NOT_ALLOWED', 'An export is read by GET.')
  const viewer = await authenticate(request.headersDistinct)
  if (!isOperator(viewer)) throw new AppError('FORBIDDEN', 'This is for operators; the setting OPERATORS names them.')
  const [, query = ''] = (request.url ?? '').split('?', 2)
  const parts = exported(createLoadContext(viewer, signal, db), new URLSearchParams(query))
  // Sent with the first part: until then a failure is an answer of its own.
  response.setHeader('Content-Type', 'application/x-ndjson; charset=utf-8')
  response.setHeader('Cache-Control', 'private, no-store')
  for await (const part of parts) if (!response.write(part)) await once(response, 'drain', { signal })
  response.end()
}
