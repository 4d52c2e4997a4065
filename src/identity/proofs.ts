import { hash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { AppError } from '../kernel/errors.ts'
import type { Workspace } from '../workspace/index.ts'
import { type Proof, prove } from './prove.ts'
import { remainingLife } from './token-life.ts'

export interface ProofsOptions {
  readonly workspace: Workspace
  /** The Lakebase endpoint whose credentials a token must be able to mint; undefined where viewers don't log in. */
  readonly endpoint: string | undefined
  /** A proof holds this long, in ms, and never past the token's own `exp`. */
  readonly proofMs: number
  /** And this long, in ms, while the workspace gives no usable answer. */
  readonly graceMs: number
}

export interface Proofs {
  /** What is known of a token. @throws AppError UNAUTHENTICATED, FORBIDDEN or UNAVAILABLE */
  of(token: string): Promise<Proof | undefined>
  /** What is known without asking anybody; undefined if that is nothing any more, or not yet. */
  known(token: string): Proof | undefined
}

const MAX_PROOFS = 10_000
/** How often a workspace that gives no usable answer is asked again about who has been proven. */
const ASK_AGAIN_MS = 5_000
/** How long they wait for it. */
const SOON_MS = 500
/** How long it isn't asked again about a token that hasn't. */
const FAILURE_MS = 1_000

/** Proofs by the token's hash: the workspace is asked once a minute for each, and once for many requests that come together. */
function createTable(options: ProofsOptions): LRUCache<string, Proof, string> {
  const { proofMs, graceMs } = options
  const proofs = new LRUCache<string, Proof, string>({
    max: MAX_PROOFS,
    ttl: proofMs,
    // By itself, lru-cache sets a timer for each millisecond in which it is asked.
    ttlResolution: Math.floor(proofMs / 1_000),
    ignoreFetchAbort: true, // too many tokens at once: those who wait get their answer all the same
    async fetchMethod(key, earlier, { options: entry, context: token }) {
      const proving = prove(options.workspace, options.endpoint, token, earlier)
      const left = earlier === undefined ? 0 : Math.floor(earlier.provenAt + graceMs - performance.now())
      if (!earlier || left <= 0) {
        const proof = await proving
        entry.ttl = lifeOf(token, proofMs)
        return proof
      }
      const proof = await within(SOON_MS, proving)
      entry.ttl = lifeOf(token, proof ? proofMs : Math.min(ASK_AGAIN_MS, left))
      if (proof) return proof
      // It may still come, or be refused: that ends the earlier one at once.
      proving.then(
        (late) => proofs.set(key, late, { ttl: lifeOf(token, proofMs) }),
        (error) => isUnavailable(error) || proofs.delete(key),
      )
      return earlier
    },
  })
  return proofs
}

export function createProofs(options: ProofsOptions): Proofs {
  const proofs = createTable(options)
  // A workspace that gives no answer isn't waited for by each request anew.
  const failures = new LRUCache<string, AppError>({ max: MAX_PROOFS, ttl: FAILURE_MS })
  return {
    // One that is too old is still needed: it holds while the workspace gives no answer.
    known: (token) => proofs.get(keyOf(token), { noDeleteOnStaleGet: true }),
    async of(token) {
      const key = keyOf(token)
      const failed = failures.get(key)
      if (failed) throw failed
      try {
        return await proofs.fetch(key, { context: token })
      } catch (error) {
        if (isUnavailable(error)) failures.set(key, error)
        throw error
      }
    },
  }
}

/** Tokens themselves aren't kept. */
const keyOf = (token: string): string => hash('sha256', token, 'base64')

/** At least 1 ms: lru-cache takes 0 for ever. */
function lifeOf(token: string, ms: number): number {
  return Math.max(1, Math.min(ms, remainingLife(token)))
}

function isUnavailable(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'UNAVAILABLE'
}

/** What `proving` comes to within so many ms; undefined if it comes to nothing by then. @throws what isn't UNAVAILABLE. */
async function within(ms: number, proving: Promise<Proof>): Promise<Proof | undefined> {
  const late = new AbortController()
  try {
    return await Promise.race([proving, sleep(ms, undefined, { signal: late.signal, ref: false })])
  } catch (error) {
    if (isUnavailable(error)) return undefined
    throw error
  } finally {
    late.abort()
  }
}
