import { type Secret, WorkspaceError } from '../workspace/index.ts'

/** A secret that is always fresh. Some are fetched `With` something that isn't kept: a token belongs to its request. */
export interface Refreshed<With = void> {
  /** The secret. @throws what `fetch` threw last, while there is none that still holds. */
  get(by: With): Promise<string>
  /** Says that `value` was refused although it hasn't expired: it won't be given again. */
  refuse(value: string): void
}

export interface RefreshedOptions<With> {
  readonly fetch: (by: With) => Promise<Secret>
  /** Hears of refreshes that failed. */
  readonly onFailure: (error: unknown) => void
}

/** Fetched anew so long before it expires, or in the last quarter of a short life. */
const AHEAD_MS = 120_000
/** It must still hold when it arrives where it is used. */
const LEAST_LEFT_MS = 1_000
/** One that is refused sooner than this has never been any good. */
const USEFUL_MS = 5_000
const FIRST_RETRY_MS = 250
const LONGEST_RETRY_MS = 1_000

interface Held extends Secret {
  readonly refreshAt: number
  readonly usefulAt: number
}

interface Failed {
  readonly error: unknown
  readonly times: number
  /** Of `performance.now()`: when it may be tried again. */
  readonly until: number
}

/**
 * One refresh at a time, ahead of expiry and in the background while the secret holds. After a failure it waits before
 * the next try, longer each time and never just as long as others do; until then who needs it gets that failure at once.
 */
export function createRefreshed<With = void>({ fetch, onFailure }: RefreshedOptions<With>): Refreshed<With> {
  let held: Held | undefined
  let flight: Promise<string> | undefined
  let failed: Failed | undefined
  let refusals = 0 // in a row, as soon as they came
  const fail = (error: unknown, times: number): void => {
    failed = { error, times, until: performance.now() + backOff(times) }
    onFailure(error)
  }
  const refresh = async (by: With): Promise<string> => {
    try {
      held = toHeld(await fetch(by))
      failed = undefined
      return held.value
    } catch (error) {
      fail(error, (failed?.times ?? 0) + 1)
      throw error
    } finally {
      flight = undefined
    }
  }
  return {
    async get(by) {
      const now = Date.now()
      const usable = held && held.expiresAt - now > LEAST_LEFT_MS ? held : undefined
      const waiting = failed !== undefined && performance.now() < failed.until
      if (now >= (usable?.refreshAt ?? 0) && !waiting) flight ??= refresh(by)
      flight?.catch(() => undefined) // `onFailure` has heard of it, and what we have may still hold
      if (usable) return usable.value
      if (flight === undefined) throw failed?.error
      return flight
    },
    refuse(value) {
      if (held?.value !== value) return
      refusals = Date.now() < held.usefulAt ? refusals + 1 : 0
      held = undefined
      if (refusals > 0) fail(refusedAtOnce(), refusals)
    },
  }
}

const refusedAtOnce = (): WorkspaceError =>
  new WorkspaceError('a credential is refused as soon as it comes', { status: 403 })

function toHeld(secret: Secret): Held {
  const now = Date.now()
  const life = secret.expiresAt - now
  if (life <= LEAST_LEFT_MS) throw new WorkspaceError('a credential has expired as it comes; is a clock wrong?')
  return { ...secret, refreshAt: now + Math.max(life - AHEAD_MS, life * 0.75), usefulAt: now + USEFUL_MS }
}

/** Milliseconds: doubled each time, between half and all of that. */
function backOff(times: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** (times - 1), LONGEST_RETRY_MS) * (0.5 + Math.random() / 2)
}
