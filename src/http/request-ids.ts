import { randomBytes } from 'node:crypto'

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/

/** Gives each request the id that its client has given it, if that is fit for a header and a log, or one of its own. */
export function createRequestIds(): (given: string | string[] | undefined) => string {
  // A random text for each would cost more than all the rest of a small answer; nobody gains by guessing one.
  const prefix = randomBytes(9).toString('base64url').replaceAll('_', '.')
  let count = 0
  return (given) =>
    typeof given === 'string' && REQUEST_ID.test(given) ? given : `${prefix}-${(++count).toString(36)}`
}
