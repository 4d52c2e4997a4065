import { LakebaseError } from './errors.ts'
import { isLoopback, type TokenProvider } from './options.ts'
import { unlessAborted } from './waits.ts'

export interface ServicePrincipalOptions {
  /** The workspace, with or without `https://`. */
  readonly host: string
  readonly clientId: string
  readonly clientSecret: string
  /** In place of the platform's own. */
  readonly fetch?: typeof globalThis.fetch
}

/** A workspace that says nothing isn't waited for longer, in ms. */
const LONGEST_MS = 10_000
/** Of a token's life, after which a new one is asked for while it still holds. */
const AHEAD = 0.8

interface Held {
  readonly token: string
  /** `performance.now()`: the clock of the wall may be wrong, or be set. */
  readonly renewAt: number
  readonly endsAt: number
}

/**
 * Gives tokens of a service principal by OAuth's client credentials (RFC 6749 section 4.4), as Databricks has them for machines: asks for a
 * new one ahead of time, and once for all who wait.
 * @throws LakebaseError BAD_OPTIONS; what it returns: NO_TOKEN
 */
export function servicePrincipal(options: ServicePrincipalOptions): TokenProvider {
  const url = endpointOf(options)
  let held: Held | undefined
  let asking: Promise<Held> | undefined
  const renew = (): Promise<Held> => {
    asking ??= ask(url, options)
      .then((given) => {
        held = given
        return given
      })
      .finally(() => {
        asking = undefined
      })
    return asking
  }
  return async (rejected) => {
    const now = performance.now()
    if (!held || held.token === rejected || now >= held.endsAt) return (await renew()).token
    // Who asks now isn't kept waiting; if it fails, the next one tries again.
    if (now >= held.renewAt) renew().catch(() => undefined)
    return held.token
  }
}

function endpointOf({ host, clientId, clientSecret }: ServicePrincipalOptions): string {
  const address = /^https?:\/\//i.test(host) ? host : `https://${host}`
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (!url || (url.protocol !== 'https:' && !isLoopback(url.hostname))) {
    throw new LakebaseError('BAD_OPTIONS', 'host must be the workspace, such as https://dbc-123.cloud.databricks.com.')
  }
  if (!clientId || !clientSecret) {
    throw new LakebaseError('BAD_OPTIONS', 'clientId and clientSecret must be those of a service principal.')
  }
  return new URL('/oidc/v1/token', url).href
}

async function ask(
  url: string,
  { clientId, clientSecret, fetch = globalThis.fetch }: ServicePrincipalOptions,
): Promise<Held> {
  const asked = performance.now()
  const signal = AbortSignal.timeout(LONGEST_MS)
  const credentials = [clientId, clientSecret].map((part) => encodeURIComponent(part)).join(':')
  const sent = (async () => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(credentials)}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials&scope=all-apis',
      redirect: 'manual',
      signal,
    })
    return { status: response.status, body: await response.text() }
  })()
  const { status, body } = await unlessAborted(sent, signal).catch((cause: unknown) => {
    throw new LakebaseError('NO_TOKEN', 'The workspace gave no answer when asked for a token. Is host right?', {
      cause,
    })
  })
  const { access_token: token, expires_in: seconds } = status === 200 ? read(body) : {}
  if (typeof token === 'string' && token !== '' && typeof seconds === 'number' && seconds > 0) {
    return { token, renewAt: asked + AHEAD * seconds * 1_000, endsAt: asked + seconds * 1_000 }
  }
  const message =
    status === 400 || status === 401
      ? 'The workspace takes no such clientId and clientSecret. Is the secret still valid?'
      : `The workspace answered ${status} when asked for a token. Is host the workspace’s address?`
  throw new LakebaseError('NO_TOKEN', message, { status })
}

function read(body: string): { access_token?: unknown; expires_in?: unknown } {
  try {
    return { ...JSON.parse(body) }
  } catch {
    return {}
  }
}
