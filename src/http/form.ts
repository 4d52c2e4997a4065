import type { IncomingMessage } from 'node:http'
import { AppError } from '../kernel/errors.ts'

const JSON_TYPE = /^\s*application\/json\s*(;|$)/i

/** Whether a body is said to be JSON. */
export function isJson({ 'content-type': type = '' }: IncomingMessage['headers']): boolean {
  return type === 'application/json' || JSON_TYPE.test(type)
}

/** Refuses what a page of another site could send without being asked for permission first (CSRF). */
export function checkForm(request: IncomingMessage): void {
  const { method, headers } = request
  if (method !== 'POST' && method !== 'GET') {
    throw new AppError('METHOD_NOT_ALLOWED', 'GraphQL takes POST, and GET for queries.')
  }
  if (method === 'POST' && !isJson(headers)) {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'POST takes a body of Content-Type: application/json.')
  }
  if (!accepts(headers.accept)) throw new AppError('NOT_ACCEPTABLE', `Accept ${ANSWERS.join(', ')}.`)
}

/** What Yoga can answer in. */
const ANSWERS = ['application/json', 'application/graphql-response+json', 'text/event-stream', 'multipart/mixed']

/** Whether Yoga will find a type to answer in, as it looks for one: it looks when all has been done. */
function accepts(accept: string | undefined): boolean {
  return ANSWERS.some((answer) => admits(accept, answer))
}

/** Whether `Accept` has room for a media type. */
export function admits(accept = '*/*', answer: string): boolean {
  const [answerMajor, answerMinor] = answer.split('/')
  return accept
    .replaceAll(/\s/g, '')
    .toLowerCase()
    .split(',')
    .some((part) => {
      const [type = '', ...parameters] = part.split(';')
      const charset = parameters.find((parameter) => parameter.includes('charset='))
      if (charset !== undefined && charset !== 'charset=utf-8') return false
      const [major, minor] = type.split('/')
      return (major === '*' || major === answerMajor) && (minor === '*' || minor === answerMinor)
    })
}

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/

/** As the IETF's draft "The Idempotency-Key HTTP Header Field" has it; any text without spaces will do, quoted or not. */
export function readIdempotencyKey({ headersDistinct }: IncomingMessage): string | undefined {
  const keys = headersDistinct['idempotency-key'] ?? []
  const [key] = keys
  if (key === undefined || (keys.length === 1 && IDEMPOTENCY_KEY.test(key))) return key
  throw new AppError(
    'BAD_REQUEST',
    'Idempotency-Key must be one text of 1 to 255 visible ASCII characters, such as a UUID.',
  )
}
