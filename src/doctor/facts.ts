import { availableParallelism, totalmem } from 'node:os'
import { z } from 'zod'
import { columnsOf, functionsCalled, lookAs, lookAtSyncedTables } from '../db/index.ts'
import { messageOf } from '../kernel/errors.ts'
import { type Context, NEEDS_APP, NEEDS_TOKEN } from './context.ts'
import { type AppProbe, probeOf } from './through-the-proxy.ts'

/** Something that nobody could confirm on a real workspace yet; docs/unconfirmed.md says what we rely on instead. */
export interface Fact {
  /** `U1`, as in docs/unconfirmed.md. */
  readonly id: string
  readonly question: string
  /** What is found out here; undefined for what a program can't ask. */
  readonly look?: (context: Context) => Promise<string>
}

/** Thrown where there is nothing to ask. */
export class NotHere extends Error {}

const QUERY = JSON.stringify({ query: '{ __typename }' })
/** Just below the app's own limit of a body. */
const LARGE = JSON.stringify({ query: `{ __typename } #${'x'.repeat(1_000_000)}` })

export const FACTS: readonly Fact[] = [
  { id: 'U1', question: 'How long does a forwarded token live, and what does it claim?', look: lookAtToken },
  { id: 'U2', question: 'Does an X-Forwarded-Email that a client sends survive the proxy?', look: forgeEmail },
  { id: 'U3', question: 'What size and time does the proxy allow a request?', look: sendLargeBody },
  { id: 'U4', question: 'Does the platform check health, and does it deploy side by side?' },
  { id: 'U5', question: 'Do several instances of the app run?', look: countInstances },
  { id: 'U6', question: 'Is HTTP/1.1 enough behind the proxy, or is H2C needed?', look: speakHttp1 },
  {
    id: 'U7',
    question: 'What has an app of the size XLARGE?',
    look: async () => `${availableParallelism()} CPUs, ${Math.round(totalmem() / 2 ** 30)} GiB where this runs.`,
  },
  { id: 'U8', question: 'What is in the environment, NODE_ENV and DATABRICKS_TOKEN among it?', look: nameEnvironment },
  {
    id: 'U9',
    question: 'Which SQLSTATEs do suspending, waking and failing over give? Does LISTEN keep a compute awake?',
  },
  {
    id: 'U10',
    question: 'What do synced tables look like: letter case, further columns, owner, triggers?',
    look: describeSynced,
  },
  { id: 'U11', question: 'Do the claims of a minted credential bind in Postgres?' },
  { id: 'U12', question: 'Which columns has support.incidents_w_preds_st?', look: describeIncidents },
  { id: 'U13', question: 'Is the scope postgres on a user’s token enough to mint a credential?', look: mintForUser },
  { id: 'U14', question: 'What size has a new project, and when does it sleep?', look: describeEndpoint },
  {
    id: 'U15',
    question: 'Are databricks_create_role and databricks_synced_table_add_manager there, with these arguments?',
    look: findFunctions,
  },
  {
    id: 'U16',
    question:
      'Does the bundle deploy: a folder that git ignores, branches and endpoints taken over, sizes by variables?',
  },
  {
    id: 'U17',
    question: 'Is the command run in the uploaded folder, by Node 22.16?',
    look: async () => `Node ${process.version}, in ${process.cwd()}.`,
  },
  { id: 'U18', question: 'Who may run the SQL of docs/operations.md: grants on synced tables, roles, memberships?' },
  { id: 'U19', question: 'What is X-Forwarded-User, and which headers come with a service principal?' },
  { id: 'U20', question: 'Does the proxy hold back parts of an answer that comes bit by bit?' },
  {
    id: 'U21',
    question: 'Is a SNAPSHOT sync one change for who reads, and may the app’s principal ask how a sync stands?',
  },
  { id: 'U22', question: 'Does the collector at OTEL_EXPORTER_OTLP_ENDPOINT take gRPC, or HTTP?' },
  {
    id: 'U23',
    question: 'Which counts where both are there: app.yaml in the uploaded folder, or the bundle’s config?',
  },
  {
    id: 'U24',
    question: 'May the app’s role call pg_control_system, pg_walfile_name and pg_locks, and is LISTEN delivered?',
  },
  { id: 'U25', question: 'May an app hand on the user token that it was forwarded, to call another app with it?' },
]

async function lookAtToken({ userToken }: Context): Promise<string> {
  if (userToken === undefined) throw new NotHere(NEEDS_TOKEN)
  const [, payload = ''] = userToken.split('.')
  try {
    const claims: Record<string, unknown> = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const life = Number(claims['exp']) - Number(claims['iat'])
    return `A JWT for ${life} s, with the claims ${Object.keys(claims).sort().join(', ')}.`
  } catch {
    return 'It is opaque: no JWT.'
  }
}

function probe(context: Context): AppProbe {
  const found = probeOf(context)
  if (!found) throw new NotHere(NEEDS_APP)
  return found
}

/** The app refuses an e-mail address that isn't the token's owner's. */
async function forgeEmail(context: Context): Promise<string> {
  const asked = probe(context)
  const honest = await asked.status('/api/graphql', { body: QUERY })
  if (honest !== 200) throw new NotHere(`The app answers ${honest} to this user at all.`)
  const headers = { 'x-forwarded-email': 'somebody-else@example.invalid' }
  const status = await asked.status('/api/graphql', { body: QUERY, headers })
  if (status === 200) return 'No: it is taken off or replaced (200).'
  if (status === 403) return 'Yes, it reached the app (403): TRUST_FORWARDED_EMAIL must stay false.'
  throw new NotHere(`The app answered ${status}, which says nothing of it.`)
}

async function sendLargeBody(context: Context): Promise<string> {
  const status = await probe(context).status('/api/graphql', { body: LARGE })
  return `A body of 1 MB: ${status}. (The app itself takes it, and answers 200 or 400.) The time can’t be asked.`
}

async function speakHttp1(context: Context): Promise<string> {
  const status = await probe(context).status('/api/live')
  if (status === 200) return 'The app speaks HTTP/1.1 only, and is reached.'
  throw new NotHere(`/api/live answered ${status}.`)
}

const Instances = z.looseObject({ compute_status: z.unknown(), app_status: z.unknown() })

async function countInstances({ config, environment, workspace, call }: Context): Promise<string> {
  const name = environment['DATABRICKS_APP_NAME']
  if (!name || 'password' in config.appLogin)
    throw new NotHere('It is asked of the workspace, in the app’s environment.')
  const { value } = await workspace.tokenOf(config.appLogin.principal)
  const path = `/api/2.0/apps/${encodeURIComponent(name)}`
  const info = await call({ method: 'GET', path, authorization: `Bearer ${value}`, what: 'the app', answer: Instances })
  return `compute_status ${JSON.stringify(info.compute_status)}, app_status ${JSON.stringify(info.app_status)}.`
}

const Endpoint = z.looseObject({ status: z.unknown() })

async function describeEndpoint({ config, workspace, call }: Context): Promise<string> {
  if (config.endpoint === undefined || 'password' in config.appLogin) throw new NotHere('LAKEBASE_ENDPOINT isn’t set.')
  const { value } = await workspace.tokenOf(config.appLogin.principal)
  const path = `/api/2.0/postgres/${config.endpoint}`
  const found = await call({
    method: 'GET',
    path,
    authorization: `Bearer ${value}`,
    what: 'the endpoint',
    answer: Endpoint,
  })
  return `This one: ${JSON.stringify(found.status)}`
}

/** Names alone. */
async function nameEnvironment({ environment }: Context): Promise<string> {
  const names = Object.keys(environment).filter((name) => /^(DATABRICKS|PG|LAKEBASE|OTEL|NODE)/.test(name))
  return `${names.sort().join(', ')}. NODE_ENV is ${environment['NODE_ENV'] ?? 'not set'}.`
}

async function describeSynced({ database }: Context): Promise<string> {
  const found = await lookAs(database, database.settings, (client) => lookAtSyncedTables(client, database))
  if (found.length === 0) throw new NotHere('There is no synced table here.')
  return found.join(' ')
}

async function describeIncidents({ database }: Context): Promise<string> {
  const columns = await lookAs(database, database.settings, (client) =>
    columnsOf(client, 'support', 'incidents_w_preds_st'),
  )
  if (columns.length === 0) throw new NotHere('There is no such table here.')
  return columns.join(', ')
}

async function mintForUser({ config, workspace, userToken }: Context): Promise<string> {
  if (userToken === undefined || config.endpoint === undefined) throw new NotHere(NEEDS_TOKEN)
  try {
    await workspace.mintCredential(userToken, config.endpoint)
    return 'A credential was minted with it.'
  } catch (error) {
    return `None was minted: ${messageOf(error)}. Does the token have the scope?`
  }
}

async function findFunctions({ database }: Context): Promise<string> {
  const names = ['databricks_create_role', 'databricks_synced_table_add_manager', 'databricks_list_roles']
  const found = await lookAs(database, database.settings, (client) => functionsCalled(client, names))
  return found.length > 0 ? found.join(', ') : 'None of them is here (CREATE EXTENSION databricks_auth?).'
}
