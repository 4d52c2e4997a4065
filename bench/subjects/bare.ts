import { readFileSync } from 'node:fs'
import { serve } from './serve.ts'

/** The answers to give, by path. */
export interface BareAnswers {
  readonly headers: Readonly<Record<string, string>>
  readonly bodies: Readonly<Record<string, string>>
}

/**
 * Reads the body and writes the same bytes each time, or a 304 where a validator is named: what `node:http` can do. `process.argv`: a file
 * of `BareAnswers`.
 */
const { headers, bodies }: BareAnswers = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
const bytes = new Map(Object.entries(bodies).map(([path, body]) => [path, Buffer.from(body)]))

serve((request, response) => {
  if (request.headers['if-none-match'] !== undefined) return void response.writeHead(304, headers).end()
  const body = bytes.get(request.url ?? '') ?? Buffer.from('')
  request.on('data', () => undefined)
  request.on('end', () => {
    response.writeHead(200, { ...headers, 'Content-Length': body.length }).end(body)
  })
})
