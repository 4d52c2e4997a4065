import { answerScope, Coherence, Responses } from '../src/cache/index.ts'
import { Finished } from '../src/http/memory/finished.ts'
import { HitLog } from '../src/http/memory/hit-log.ts'
import { PositionHeaders } from '../src/http/positions.ts'
import { RateLimit } from '../src/http/rate-limit.ts'
import { createRequestIds } from '../src/http/request-ids.ts'
import { createAuthenticate, EVERYONE } from '../src/identity/index.ts'
import type { Observe } from '../src/kernel/observe.ts'
import { createWorkspace } from '../src/workspace/index.ts'

/** Of a hit: an answer that everybody may be sent who has these rights. */
const AUTHORIZATION = 'as they are'
const PROOF = { proofMs: 3_600_000, graceMs: 3_600_000 }

/** The app's own parts that a hit goes through, with a feed that is always live and rights that never change. */
export function createHitParts(workspaceUrl: string, observe: Observe) {
  const coherence = new Coherence()
  coherence.advance(1, [])
  const feed = {
    coherence,
    isLive: () => performance.now() > 0,
    ageMs: () => performance.now() - coherence.moment.position,
    position: () => ({ epoch: '0123456789ab', count: coherence.moment.position }),
    isHeld: () => false,
    hasPolledSince: () => true,
    touch: () => false,
    wake: async () => undefined,
    catchUp: async () => undefined,
    distrust: () => undefined,
    trouble: () => undefined,
  }
  const workspace = createWorkspace(workspaceUrl)
  const authenticate = createAuthenticate({ workspace, endpoint: undefined, trustForwardedEmail: false, ...PROOF })
  const rights = new Map<string, string>()
  const responses = new Responses<Finished>({ bytes: 32 * 1024 * 1024, freshness: feed, onEvicted: () => undefined })
  return {
    feed,
    authenticate,
    rights,
    responses,
    authorizationOf: (role: string): string | undefined => rights.get(role),
    positions: new PositionHeaders(feed),
    rateLimit: new RateLimit(10_000_000),
    hits: new HitLog(observe),
    requestIdOf: createRequestIds(),
    /** Keeps an answer for everyone. */
    keep(userName: string, key: string, text: string): void {
      rights.set(userName, AUTHORIZATION)
      const body = new Finished(text, { mediaType: 'application/json', synced: false })
      const made = { body, bytes: text.length, moment: coherence.moment, tags: ['"taxi"."trips_synced"'] }
      // What only one viewer has asked for isn't everyone's yet.
      for (const who of ['one', 'another']) {
        responses.set(
          { own: answerScope(who, ''), maker: who, everyones: answerScope(EVERYONE, AUTHORIZATION) },
          key,
          made,
        )
      }
    },
  }
}
