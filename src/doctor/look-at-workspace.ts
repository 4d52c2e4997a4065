import { z } from 'zod'
import type { Check } from '../kernel/check.ts'
import { messageOf } from '../kernel/errors.ts'
import { WorkspaceError } from '../workspace/index.ts'
import { type Context, NEEDS_TOKEN } from './context.ts'

const AppInfo = z.object({
  effective_user_api_scopes: z.array(z.string()).optional(),
  resources: z.array(z.object({ name: z.string() })).optional(),
})

/** The app's own principal, what it may mint, the app's scopes, and a user's token if there is one. */
export async function lookAtWorkspace(context: Context): Promise<Check[]> {
  const own = await ownToken(context)
  const checks: Check[] = [own.check]
  if (own.token !== undefined) {
    checks.push(await lookAtMinting(context, 'the app’s database credential', own.token))
    checks.push(await lookAtScopes(context, own.token))
  }
  checks.push(...(await lookAtUser(context)))
  return checks
}

async function ownToken({ config, workspace }: Context): Promise<{ check: Check; token?: string }> {
  const what = 'the app’s own token'
  if ('password' in config.appLogin) {
    const found = `PGPASSWORD is set, so nothing is minted for the app. ${config.workspace} is asked for users only.`
    return { check: { what, state: 'note', found } }
  }
  try {
    const { value, expiresAt } = await workspace.tokenOf(config.appLogin.principal)
    const minutes = Math.round((expiresAt - Date.now()) / 60_000)
    return {
      token: value,
      check: { what, state: 'ok', found: `${config.workspace} gives one for ${minutes} minutes.` },
    }
  } catch (error) {
    const mend =
      error instanceof WorkspaceError && error.refused
        ? 'The secret is wrong or has expired: make a new one for that principal (workspace settings, service principals, secrets), and set DATABRICKS_CLIENT_SECRET. In Databricks Apps both are set by the platform: stop and start the app.'
        : 'Is DATABRICKS_HOST the workspace, and can it be reached from here? curl -I $DATABRICKS_HOST/oidc/.well-known/oauth-authorization-server'
    return { check: { what, state: 'wrong', found: messageOf(error), mend } }
  }
}

async function lookAtMinting({ config, workspace }: Context, what: string, token: string): Promise<Check> {
  const { endpoint } = config
  if (endpoint === undefined) return { what, state: 'note', found: 'LAKEBASE_ENDPOINT isn’t set: nothing is minted.' }
  try {
    const { expiresAt } = await workspace.mintCredential(token, endpoint)
    return { what, state: 'ok', found: `One is minted for ${Math.round((expiresAt - Date.now()) / 60_000)} minutes.` }
  } catch (error) {
    return { what, state: 'wrong', found: messageOf(error), mend: mintingMend(error, endpoint) }
  }
}

function mintingMend(error: unknown, endpoint: string): string {
  const status = error instanceof WorkspaceError ? error.status : undefined
  const project = endpoint.split('/').slice(0, 2).join('/')
  if (status === 404)
    return `There is no ${endpoint}. databricks postgres list-endpoints ${endpoint.split('/endpoints/')[0]}`
  if (status === 403 || status === 401) {
    return `For the app: attach the database to it (resources: postgres). For a user: the scope postgres is missing (user_api_scopes: [postgres], then a new consent), or CAN USE on ${project}.`
  }
  return 'Try again; if it lasts, look at the status of the workspace.'
}

async function lookAtScopes({ config, environment, call }: Context, token: string): Promise<Check> {
  const what = 'the app’s user scopes'
  const name = environment['DATABRICKS_APP_NAME']
  if (!name)
    return { what, state: 'unknown', found: 'Set DATABRICKS_APP_NAME to the app’s name to have them looked at.' }
  try {
    const path = `/api/2.0/apps/${encodeURIComponent(name)}`
    const info = await call({ method: 'GET', path, authorization: `Bearer ${token}`, what: 'the app', answer: AppInfo })
    const scopes = info.effective_user_api_scopes ?? []
    const found = `${scopes.join(', ') || 'none'}; resources: ${info.resources?.map((each) => each.name).join(', ') || 'none'}.`
    if (config.database.viewerAccess === 'claims') return { what, state: 'note', found: `${found} claims needs none.` }
    if (scopes.includes('postgres')) return { what, state: 'ok', found }
    const mend =
      'databricks.yml: the variable user_api_scopes: [postgres]; an administrator has to allow user authorization for apps.'
    return { what, state: 'wrong', found: `${found} VIEWER_ACCESS=login needs postgres.`, mend }
  } catch (error) {
    const mend = `As somebody who may manage the app: databricks apps get ${name}`
    return { what, state: 'unknown', found: messageOf(error), mend }
  }
}

async function lookAtUser(context: Context): Promise<Check[]> {
  const what = 'a user’s token'
  const { userToken, workspace, config } = context
  if (userToken === undefined) return [{ what, state: 'unknown', found: NEEDS_TOKEN }]
  try {
    const { userName, groups } = await workspace.ownerOf(userToken)
    const owner: Check = { what, state: 'ok', found: `It is ${userName}’s, of ${groups.length} groups.` }
    if (config.database.viewerAccess === 'claims') return [owner]
    return [owner, await lookAtMinting(context, 'a user’s database credential', userToken)]
  } catch (error) {
    return [
      {
        what,
        state: 'wrong',
        found: messageOf(error),
        mend: 'Get a new one: databricks auth token --host … | jq -r .access_token',
      },
    ]
  }
}
