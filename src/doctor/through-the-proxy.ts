import { messageOf } from '../kernel/errors.ts'
import type { Context } from './context.ts'

/** The app as its users reach it. */
export interface AppProbe {
  /** The status of an answer, or what went wrong on the way; never rejects. */
  status(
    path: string,
    request?: { readonly body?: string; readonly headers?: Record<string, string> },
  ): Promise<number | string>
}

const TIMEOUT_MS = 15_000

/** Undefined where no address or no token is given. */
export function probeOf({ appUrl, userToken }: Context): AppProbe | undefined {
  if (appUrl === undefined || userToken === undefined) return undefined
  return {
    async status(path, { body, headers = {} } = {}) {
      try {
        const answer = await fetch(new URL(path, appUrl), {
          method: body === undefined ? 'GET' : 'POST',
          redirect: 'manual',
          signal: AbortSignal.timeout(TIMEOUT_MS),
          headers: { authorization: `Bearer ${userToken}`, 'content-type': 'application/json', ...headers },
          ...(body === undefined ? {} : { body }),
        })
        await answer.body?.cancel()
        return answer.status
      } catch (error) {
        return messageOf(error)
      }
    },
  }
}
