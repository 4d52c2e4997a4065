import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { keyOf } from '../../src/http/memory/key.ts'
import { createQuickWay } from '../../src/http/memory/quick-way.ts'
import { MemoryRoute } from '../../src/http/memory/route.ts'
import type { Known } from '../../src/identity/index.ts'
import { createLog } from '../../src/logging.ts'
import { createHitParts } from '../hit-parts.ts'
import type { BareAnswers } from './bare.ts'
import { serve } from './serve.ts'

/** The way of a hit, made of the app's own parts. `process.argv`: a file of `BareAnswers`; `without`, if the parts are to be left out. */
const [, , file = '', without] = process.argv
const { bodies }: BareAnswers = JSON.parse(readFileSync(file, 'utf8'))
const { observe } = createLog('info')
const parts = createHitParts(process.env['DATABRICKS_HOST'] ?? '', observe)
const { authenticate, feed, hits, positions, rateLimit, responses } = parts
let somebody: Known | undefined
const [all, none] = [
  { authenticate, authorizationOf: parts.authorizationOf, requestIdOf: parts.requestIdOf },
  { authenticate: { known: () => somebody }, authorizationOf: () => 'as they are', requestIdOf: () => 'one' },
]
const chosen = without === undefined ? all : none
if (without !== undefined) {
  positions.lines = () => ''
  rateLimit.take = () => true
  hits.note = () => undefined
}
const memory = new MemoryRoute({ ...chosen, feed, rateLimit, responses, positions })

/** The first time: who asks is proven, and the answer kept. */
async function answer(request: IncomingMessage, response: ServerResponse, body: Buffer | undefined): Promise<void> {
  const { userName } = await authenticate(request.headersDistinct)
  somebody ??= authenticate.known(request.headers)
  const text = bodies['/list'] ?? ''
  parts.keep(userName, keyOf(request, body ?? null) ?? '', text)
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(text)
}

const options = { memory, requestIdOf: chosen.requestIdOf, hits, requestTimeoutMs: 10_000, observe }
serve(
  createQuickWay(options, (request, response, body) => {
    answer(request, response, body).catch((error: Error) => response.destroy(error))
  }),
)
