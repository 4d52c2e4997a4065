import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { AppError } from '../kernel/errors.ts'
import { type Export, isOperator, operatorsOnly } from '../loaders/index.ts'
import type { GraphQLRouteOptions, RouteRequest } from './graphql-route.ts'

/** A GET of many lines of JSON, for operators. What is read is read as the viewer, as anything else. */
export async function answerExport(
  { authenticate, loading }: Pick<GraphQLRouteOptions, 'authenticate' | 'loading'>,
  { request, response, signal }: RouteRequest,
  exported: Export,
): Promise<void> {
  if (request.method !== 'GET') {
    response.setHeader('Allow', 'GET')
    throw new AppError('METHOD_NOT_ALLOWED', 'An export is read by GET.')
  }
  const load = loading.context(await authenticate(request.headersDistinct), signal)
  if (!(await isOperator(load))) throw operatorsOnly()
  const [, query = ''] = (request.url ?? '').split('?', 2)
  const parts = exported(load, new URLSearchParams(query))
  // Sent with the first part: until then a failure is an answer of its own.
  response.setHeader('Content-Type', 'application/x-ndjson; charset=utf-8')
  response.setHeader('Cache-Control', 'private, no-store')
  for await (const part of parts) if (!response.write(part)) await drained(response, signal)
  response.end()
}

async function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  try {
    await once(response, 'drain', { signal })
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  }
}
