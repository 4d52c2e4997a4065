import { LakebaseError } from './errors.ts'

/**
 * Gives the token to send; called for each try, so it should remember what still holds.
 * @param rejected the token that the server has refused just now: give another one, or the same if there is none
 */
export type TokenProvider = (rejected?: string) => string | Promise<string>

/** How queries go together. */
export interface BatchOptions {
  /** How long the first waits for others, in ms, up to 1,000: 0, which is for those of the same turn of the event loop. */
  readonly waitMs?: number
  /** How many go together at most, 2 to 10: 10. */
  readonly max?: number
}

export interface ClientOptions {
  /** Of the app, such as `https://lakebase-123.aws.databricksapps.com`; in a browser left out for the page's own. */
  readonly url?: string | URL
  /** For calls from a server, see `servicePrincipal()`; left out in a browser, where the platform knows who asks. */
  readonly token?: TokenProvider
  /** For a whole call, all tries included, in ms: 30,000. */
  readonly timeoutMs?: number
  /** For one try, in ms: 12,000. The server's own limit is 10,000 as a rule. */
  readonly tryTimeoutMs?: number
  /** How many more tries what is safe to repeat gets: 3. */
  readonly retries?: number
  /**
   * Sends small queries that are asked for at about the same time in one request; off unless given. They are answered together, so with
   * the slowest, and none by a 304.
   */
  readonly batch?: boolean | BatchOptions
  /** In place of the platform's own. */
  readonly fetch?: typeof globalThis.fetch
}

/** How many queries the server takes at once. */
export const MAX_BATCH = 10

/** Where GraphQL is. */
const PATH = '/api/graphql'

/** @throws LakebaseError BAD_OPTIONS for an address that can't be right, or where the token wouldn't be safe */
export function addressOf({ url = '', token }: Pick<ClientOptions, 'url' | 'token'>): string {
  // Of a page; servers have none.
  const page = (globalThis as { location?: { href?: string; origin?: string } }).location
  const base = page?.origin === undefined || page.origin === 'null' ? undefined : page.href
  if (!URL.canParse(String(url), base)) {
    throw new LakebaseError('BAD_OPTIONS', 'url must be the address of the app, such as https://….databricksapps.com.')
  }
  const address = new URL(String(url), base)
  if (!/^https?:$/.test(address.protocol)) throw new LakebaseError('BAD_OPTIONS', 'url must begin with https://.')
  if (token !== undefined && typeof token !== 'function') {
    throw new LakebaseError('BAD_OPTIONS', 'token must be a function that gives the token: servicePrincipal({ … }).')
  }
  const isPage = base !== undefined && url === ''
  if (isPage || address.pathname === '/') address.pathname = PATH
  address.hash = ''
  address.search = ''
  if (address.username !== '' || address.password !== '') {
    throw new LakebaseError('BAD_OPTIONS', 'url must have no user or password in it. Give a token provider as token.')
  }
  if (base !== undefined && address.origin !== page?.origin) {
    const message =
      'From a page only its own origin can be called: all others answer with the login page. Use createProxy() on its server.'
    throw new LakebaseError('BAD_OPTIONS', message)
  }
  if (token && address.protocol !== 'https:' && !isLoopback(address.hostname)) {
    throw new LakebaseError('BAD_OPTIONS', 'A token is sent over https:// only (http:// for this machine). Mend url.')
  }
  return address.href
}

export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host)

/** @param longestMs a try. @returns undefined where queries are to go one by one. @throws LakebaseError BAD_OPTIONS */
export function batchOf(batch: ClientOptions['batch'] = false, longestMs: number): BatchOptions | undefined {
  if (typeof batch === 'boolean') return batch ? {} : undefined
  const { waitMs = 0, max = MAX_BATCH, ...unknown } = Object(batch) as BatchOptions
  const isKnown = typeof batch === 'object' && batch !== null && Object.keys(unknown).length === 0
  if (isKnown && waitMs >= 0 && waitMs <= 1_000 && Number.isInteger(max) && max >= 2 && max <= MAX_BATCH) {
    if (waitMs < longestMs) return batch
    throw new LakebaseError('BAD_OPTIONS', `batch.waitMs must be less than tryTimeoutMs and timeoutMs, ${longestMs}.`)
  }
  throw new LakebaseError(
    'BAD_OPTIONS',
    `batch must be true, false, or an object with waitMs (0 to 1000, in ms), max (2 to ${MAX_BATCH}), both or none of them.`,
  )
}

/** What timers can wait for, in ms. */
const LONGEST_MS = 2 ** 31 - 1

/** @param times by their names. @throws LakebaseError BAD_OPTIONS */
export function checkMs(times: Readonly<Record<string, number>>): void {
  const wrong = Object.entries(times).find(([, ms]) => !(ms > 0 && ms <= LONGEST_MS))
  if (!wrong) return
  throw new LakebaseError(
    'BAD_OPTIONS',
    `${wrong[0]} must be a number of ms from 1 to ${LONGEST_MS}; it is ${wrong[1]}.`,
  )
}
