import { z } from 'zod'
import { AppError } from '../kernel/errors.ts'
import type { Principal } from './viewer.ts'

/** What we ask of the Databricks workspace. */
export interface Workspace {
  /**
   * Whom `token` belongs to: `GET /api/2.0/preview/scim/v2/Me`.
   * @throws AppError UNAUTHENTICATED if the workspace refuses the token, UNAVAILABLE if it gives no usable answer.
   */
  ownerOf(token: string): Promise<Principal>
}

const ME_TIMEOUT_MS = 5_000

const Me = z.object({
  id: z.string().min(1),
  userName: z.string().min(1),
  displayName: z.string().optional(),
  emails: z.array(z.object({ value: z.string() })).optional(),
})

/** A client of the workspace at `host`, an origin such as `https://example.cloud.databricks.com`. */
export function createWorkspace(host: string): Workspace {
  return {
    async ownerOf(token) {
      const answer = await ask(new URL('/api/2.0/preview/scim/v2/Me', host), token)
      if (answer.status === 401 || answer.status === 403) {
        await answer.body?.cancel()
        throw new AppError('UNAUTHENTICATED', 'The workspace does not accept this token. Sign in again.')
      }
      if (!answer.ok) {
        await answer.body?.cancel()
        throw unavailable(`the workspace answered ${answer.status}`)
      }
      const me = Me.safeParse(await jsonOf(answer))
      if (!me.success) throw unavailable('the workspace’s answer is not a SCIM user')
      const { id, userName, displayName = userName, emails = [] } = me.data
      return { id, userName, displayName, emails: emails.map((email) => email.value) }
    },
  }
}

async function ask(url: URL, token: string): Promise<Response> {
  try {
    return await fetch(url, {
      headers: { authorization: `Bearer ${token}`, accept: 'application/scim+json, application/json' },
      signal: AbortSignal.timeout(ME_TIMEOUT_MS),
      redirect: 'error',
    })
  } catch (error) {
    throw unavailable('the workspace can’t be reached', error)
  }
}

async function jsonOf(answer: Response): Promise<unknown> {
  try {
    return await answer.json()
  } catch {
    return undefined // no JSON: no SCIM user either
  }
}

function unavailable(reason: string, cause?: unknown): AppError {
  return new AppError('UNAVAILABLE', `Your identity can’t be checked now: ${reason}.`, { retryAfterSeconds: 1, cause })
}
