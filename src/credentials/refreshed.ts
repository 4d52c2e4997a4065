import type { Secret } from '../workspace/index.ts'

/** A secret that is always fresh. */
export interface Refreshed {
  /** The secret. @throws what `fetch` threw last, while there is none that still holds. */
  get(): Promise<string>
  /** Says that `value` was refused although it hasn't expired: it won't be given again. */
  refuse(value: string): void
}

export interface RefreshedOptions {
  readonly fetch: () => Promise<Secret>
  /** Hears of refreshes that failed. */
  readonly onFailure: (error: unknown) => void
}

/** Fetched anew so long before it expires, or in the last quarter of a short life. */
const AHEAD_MS = 120_000
/** It must still hold when it arrives where it is used. */
const LEAST_LEFT_MS = 1_000
const FIRST_RETRY_MS = 250
const LONGEST_RETRY_MS = 15_000

interface Held extends Secret {
  readonly refreshAt: number
}

/**
 * One refresh at a time, ahead of expiry and in the background while the secret holds. After a failure it waits before
 * the next try, longer each time and never just as long as others do; until then who needs it gets that failure at once.
 */
export function createRefreshed({ fetch, onFailure }: RefreshedOptions): Refreshed {
  let held: Held | undefined
  let flight: Promise<string> | undefined
  let failed: { readonly error: unknown; readonly times: number; readonly until: number } | undefined
  const refresh = async (): Promise<string> => {
    try {
      const secret = await fetch()
      const now = Date.now()
      const life = secret.expiresAt - now
      held = { ...secret, refreshAt: now + Math.max(life - AHEAD_MS, life * 0.75) }
      failed = undefined
      return secret.value
    } catch (error) {
      const times = (failed?.times ?? 0) + 1
      failed = { error, times, until: performance.now() + backOff(times) }
      onFailure(error)
      throw error
    } finally {
      flight = undefined
    }
  }
  return {
    async get() {
      const now = Date.now()
      const holds = held !== undefined && held.expiresAt - now > LEAST_LEFT_MS
      const due = !holds || now >= (held?.refreshAt ?? 0)
      const waiting = failed !== undefined && performance.now() < failed.until
      if (due && !waiting) flight ??= refresh()
      if (holds && held) {
        flight?.catch(() => undefined) // `onFailure` has heard of it, and what we have still holds
        return held.value
      }
      if (flight === undefined) throw failed?.error
      return flight
    },
    refuse(value) {
      if (held?.value === value) held = undefined
    },
  }
}

/** Milliseconds: doubled each time, between half and all of that. */
function backOff(times: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** (times - 1), LONGEST_RETRY_MS) * (0.5 + Math.random() / 2)
}
