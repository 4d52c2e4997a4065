import type { Viewer } from '../identity/index.ts'
import { AppError } from '../kernel/errors.ts'
import { operatorsOnly } from '../loaders/index.ts'
import type { GraphQLRouteOptions, RouteRequest } from './graphql-route.ts'

export interface MetricsOptions {
  /** In Prometheus' text format. */
  readonly text: () => Promise<string>
  /** By what the workspace says alone: nothing is asked of Postgres, which may be asleep, or down. */
  readonly mayRead: (viewer: Viewer) => boolean
}

/** `GET /api/metrics`, for operators. */
export async function answerMetrics(
  { authenticate, metrics }: Pick<GraphQLRouteOptions, 'authenticate'> & { readonly metrics: MetricsOptions },
  { request, response }: RouteRequest,
): Promise<void> {
  if (request.method !== 'GET') {
    response.setHeader('Allow', 'GET')
    throw new AppError('METHOD_NOT_ALLOWED', 'Metrics are read by GET.')
  }
  if (!metrics.mayRead(await authenticate(request.headersDistinct))) throw operatorsOnly()
  const text = await metrics.text()
  response.writeHead(200, {
    'Content-Type': 'text/plain; version=0.0.4; charset=utf-8',
    'Cache-Control': 'private, no-store',
    'Content-Length': Buffer.byteLength(text),
  })
  response.end(text)
}
