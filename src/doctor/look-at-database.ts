import { createRefreshed } from '../credentials/index.ts'
import { diagnose, lookAsViewer } from '../db/index.ts'
import type { Check } from '../kernel/check.ts'
import { messageOf } from '../kernel/errors.ts'
import type { Context } from './context.ts'

/** Postgres as the app's role sees it, and as a user does if there is a token of one. */
export async function lookAtDatabase(context: Context): Promise<Check[]> {
  const checks = await diagnose(context.database)
  return [...checks, ...(await lookAsUser(context))]
}

async function lookAsUser({ config, database, workspace, userToken }: Context): Promise<Check[]> {
  const { endpoint } = config
  if (userToken === undefined || endpoint === undefined || config.database.viewerAccess === 'claims') return []
  const fetch = () => workspace.mintCredential(userToken, endpoint)
  try {
    const { userName } = await workspace.ownerOf(userToken)
    return await lookAsViewer(database, userName, createRefreshed({ fetch, onFailure: () => undefined }))
  } catch (error) {
    return [
      {
        what: 'log in as a user',
        state: 'unknown',
        found: `Whose DOCTOR_USER_TOKEN is isn’t known: ${messageOf(error)}`,
      },
    ]
  }
}
