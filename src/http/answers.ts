import type { ServerResponse } from 'node:http'
import { type AppError, ERROR_STATUS } from '../kernel/errors.ts'

/** Sends a JSON answer of our own making, as a whole. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const bytes = Buffer.from(`${JSON.stringify(body)}\n`)
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': bytes.length,
    'Cache-Control': 'no-store',
  })
  response.end(response.req.method === 'HEAD' ? undefined : bytes)
}

/** Sends a failure of the whole request in the form of a GraphQL answer, so that clients read all failures alike. */
export function sendFailure(response: ServerResponse, error: AppError, requestId: string): void {
  if (error.retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(error.retryAfterSeconds))
  // Node reads on what is left of a body, so that its sender gets the answer; but not for ever.
  const endless = error.code === 'PAYLOAD_TOO_LARGE' || error.code === 'DEADLINE_EXCEEDED'
  if (endless && !response.req.complete) response.setHeader('Connection', 'close')
  if (error.code === 'METHOD_NOT_ALLOWED' && !response.hasHeader('Allow')) response.setHeader('Allow', 'GET, POST')
  const { message, code, argument } = error
  const extensions = { code, requestId, ...(argument === undefined ? {} : { argument }) }
  sendJson(response, ERROR_STATUS[code], { errors: [{ message, extensions }] })
}
