import { Answers } from './answers.ts'
import { Batches } from './batches.ts'
import type { DocumentText } from './document.ts'
import { LakebaseError } from './errors.ts'
import { type Answer, exchange, type Try } from './exchange.ts'
import { addressOf, batchOf, type ClientOptions, checkMs, type TokenProvider } from './options.ts'
import { Positions } from './positions.ts'
import { tokenOf } from './token.ts'
import { backOff, Deadline, unlessAborted } from './waits.ts'

/** Of one call. */
export interface CallOptions {
  /** Ends the call; what it has done by then stays done. */
  readonly signal?: AbortSignal
  /** For the whole call, in ms. */
  readonly timeoutMs?: number
  /** Of a mutation: a key of your own, so that it's done once even if the process that asks for it begins anew. */
  readonly idempotencyKey?: string
}

/** Where it makes sense to try again: nothing was done, or it is done once by its idempotency key. */
const AGAIN: readonly string[] = [
  'NETWORK',
  'BAD_ANSWER',
  'UNAVAILABLE',
  'OUTCOME_UNKNOWN',
  'RATE_LIMITED',
  'REQUEST_TIMEOUT',
]
/** What says that nothing has been done, so that nothing new is to be seen. */
const NOTHING_DONE: readonly string[] = [
  'UNAVAILABLE',
  'RATE_LIMITED',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'LOGIN_REQUIRED',
]

/** How documents are sent: in tries, each of which waits for its turn. */
export class Calls {
  readonly #address: string
  readonly #options: Required<Pick<ClientOptions, 'timeoutMs' | 'tryTimeoutMs' | 'retries' | 'fetch'>>
  readonly #token: TokenProvider | undefined
  readonly #positions = new Positions()
  readonly #answers = new Answers()
  readonly #exchange: (asked: Try) => Promise<Answer>
  /** Documents that the server has said not to know; there are only so many in a build. */
  readonly #unknown = new Set<string>()

  constructor({ timeoutMs = 30_000, tryTimeoutMs = 12_000, retries = 3, fetch, token, batch, ...rest }: ClientOptions) {
    checkMs({ timeoutMs, tryTimeoutMs })
    if (!(retries >= 0 && retries <= 10))
      throw new LakebaseError('BAD_OPTIONS', 'retries must be a number from 0 to 10.')
    this.#address = addressOf({ ...rest, ...(token && { token }) })
    // Browsers refuse a fetch that is somebody's method.
    this.#options = { timeoutMs, tryTimeoutMs, retries, fetch: fetch ?? ((...args) => globalThis.fetch(...args)) }
    this.#token = token
    const together = batchOf(batch, Math.min(tryTimeoutMs, timeoutMs))
    const batches = together && new Batches(together)
    this.#exchange = batches ? (asked) => batches.ask(asked) : exchange
  }

  /** @returns `data` @throws LakebaseError */
  async send(
    document: DocumentText,
    variables: object,
    { signal, timeoutMs = this.#options.timeoutMs, idempotencyKey }: CallOptions,
  ): Promise<unknown> {
    checkMs({ timeoutMs })
    if (typeof document?.text !== 'string') {
      throw new LakebaseError('BAD_OPTIONS', 'A document is what graphql(`…`) returns, or one of operations.')
    }
    const key = document.kind === 'mutation' ? (idempotencyKey ?? crypto.randomUUID()) : undefined
    // As they are now: by the time that a token is there, or at the next try, the caller may have changed them.
    const asked = { document, variables: copyOf(variables), key }
    const deadline = new Deadline(timeoutMs, signal)
    try {
      return await this.#try({ ...asked, deadline })
    } finally {
      deadline.release()
    }
  }

  async #try(call: Call): Promise<unknown> {
    let rejected: string | undefined
    for (let tries = 0; ; tries++) {
      let token: string | undefined
      const asText = this.#unknown.has(call.document.id)
      try {
        token = this.#token && (await unlessAborted(tokenOf(this.#token, rejected), call.deadline.signal))
        return await this.#once(call, token, asText)
      } catch (thrown) {
        const error = toError(thrown, call.deadline)
        if (error.code === 'DOCUMENT_NOT_FOUND' && !asText) {
          this.#unknown.add(call.document.id)
        } else if (error.code === 'UNAUTHENTICATED' && token !== undefined && rejected === undefined) {
          rejected = token
        } else {
          if (!AGAIN.includes(error.code) || tries >= this.#options.retries) throw error
          await call.deadline.wait(backOff(tries, error.retryAfterMs), error)
        }
      }
    }
  }

  async #once(
    { document, variables, key, deadline }: Call,
    token: string | undefined,
    asText: boolean,
  ): Promise<unknown> {
    const wanted = this.#positions.wanted
    const attempt = new Deadline(this.#options.tryTimeoutMs, deadline.signal)
    let answer: Answer
    try {
      const asked = this.#exchange({
        ...{ document, variables, token, signal: attempt.signal, answers: this.#answers, idempotencyKey: key },
        ...{ address: this.#address, asText, fetch: this.#options.fetch },
        // A mutation reads past the server's memory.
        position: key === undefined ? wanted.text : undefined,
      })
      answer = await unlessAborted(asked, attempt.signal)
    } catch (error) {
      if (key !== undefined && !(error instanceof LakebaseError && NOTHING_DONE.includes(error.code))) {
        this.#positions.distrust()
      }
      if (attempt.signal.aborted && !deadline.signal.aborted) {
        const message = `There was no answer within ${this.#options.tryTimeoutMs} ms.`
        throw new LakebaseError('NETWORK', message, { cause: error })
      }
      throw error
    } finally {
      attempt.release()
    }
    const isNoted = this.#positions.note(wanted, answer.position ?? '')
    if (!isNoted && key !== undefined) this.#positions.distrust()
    if (answer.error) throw explained(answer.error)
    return answer.data
  }
}

interface Call {
  readonly document: DocumentText
  readonly variables: object
  readonly key: string | undefined
  readonly deadline: Deadline
}

/** What will be sent of variables. */
function copyOf(variables: object): object {
  try {
    return JSON.parse(JSON.stringify(variables ?? {}))
  } catch (cause) {
    const message = 'Variables must be what JSON can hold: no BigInt, and nothing that holds itself. See cause.'
    throw new LakebaseError('BAD_OPTIONS', message, { cause })
  }
}

/** Whatever was thrown, as an error that says what to do. */
function toError(thrown: unknown, deadline: Deadline): LakebaseError {
  if (deadline.signal.aborted) return deadline.error(thrown)
  if (thrown instanceof LakebaseError) return thrown
  const message =
    'Nothing came back, or only a part. Is the app running, and the address right? cause has the network’s own words.'
  return new LakebaseError('NETWORK', message, { cause: thrown })
}

/** The build's documents were checked: what doesn't fit is the server's schema. */
function explained(error: LakebaseError): LakebaseError {
  if (error.code !== 'GRAPHQL_VALIDATION_FAILED') return error
  const message = `The server’s schema and this build’s documents don’t fit: ${error.message} One of them is older, or the document was not checked. Install the SDK of the server’s version, or deploy the server.`
  const { status, requestId, problems, data } = error
  return new LakebaseError('SCHEMA_MISMATCH', message, { status, requestId, problems, data })
}
