/** Milliseconds until the token's `exp` if it is a JWT that has one, else unbounded. Not a proof of anything. */
export function remainingLife(token: string): number {
  return expiryOf(token) - Date.now()
}

/** The token's `exp` in ms since 1970 if it is a JWT that has one, else infinity. Not a proof of anything. */
export function expiryOf(token: string): number {
  const payload = token.split('.')[1]
  if (payload === undefined) return Number.POSITIVE_INFINITY
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
    if (typeof claims !== 'object' || claims === null || !('exp' in claims)) return Number.POSITIVE_INFINITY
    // One that can't be read has passed, to be safe.
    return typeof claims.exp === 'number' ? Math.floor(claims.exp * 1000) : 0
  } catch {
    return Number.POSITIVE_INFINITY // an opaque token with dots in it
  }
}
