import { Pool } from 'pg'
import { raw } from 'sql-template-tag'
import { createPool, type Run } from '../src/db/pool.ts'
import { statement } from '../src/db/statement.ts'
import { toViewer } from '../src/identity/viewer.ts'
import { createWorkspace } from '../src/workspace/index.ts'
import { median } from './report.ts'
import type { Viewers } from './viewers.ts'

const CALLERS = 16
const TEXT = `select request_id::text, employee_name, start_date::text, end_date::text, status
  from holidays.holiday_requests order by start_date desc, request_id desc limit 20`
const OWN = TEXT.replace(' order by', ' where requester = $1 order by')
const STATEMENT = statement('bench', ['id', 'name', 'start', 'end', 'status'], raw(TEXT))

/** A way to read one viewer's rows, without HTTP and GraphQL around it. */
interface Way {
  readonly name: string
  read(viewer: number): Promise<readonly unknown[]>
  close(): Promise<void>
}

export interface PoolsOptions {
  readonly viewers: Viewers
  readonly budget: number
  readonly active: readonly number[]
  readonly rounds: number
  readonly seconds: number
}

/** Reads a second in this process by 16 callers, by way and number of active viewers, as a table; ratios are to one `pg.Pool`. */
export async function comparePools({ viewers, budget, active, rounds, seconds }: PoolsOptions): Promise<string> {
  const ways = [sharedPool(viewers, budget), ours(viewers, budget, 'login'), ours(viewers, budget, 'claims')]
  const results = new Map<string, number[]>()
  for (let round = 0; round <= rounds; round++) {
    for (const count of active) {
      for (const way of ways) {
        await readsPerSecond(way, count, 0.5)
        const perSecond = await readsPerSecond(way, count, seconds)
        if (round > 0) results.set(`${way.name} ${count}`, [...(results.get(`${way.name} ${count}`) ?? []), perSecond])
      }
    }
  }
  for (const way of ways) await way.close()
  const of = (name: string, count: number): number => median(results.get(`${name} ${count}`) ?? [])
  const rows = ways.map(({ name }) => {
    const cells = active.map((count) => {
      const ratio = (of(name, count) / of(ways[0]?.name ?? '', count)).toFixed(2)
      return `${Math.round(of(name, count)).toLocaleString('en')} · ${ratio}`
    })
    return `| ${name} | ${cells.join(' | ')} |`
  })
  const head = active.map((count) => `${count} viewer${count === 1 ? '' : 's'}`).join(' | ')
  return `| reads/s · of the shared pool | ${head} |\n|---|${'---:|'.repeat(active.length)}\n${rows.join('\n')}`
}

async function readsPerSecond(way: Way, active: number, seconds: number): Promise<number> {
  const [began, until] = [performance.now(), performance.now() + seconds * 1000]
  let reads = 0
  const call = async (caller: number): Promise<void> => {
    for (
      let viewer = Math.floor((active / CALLERS) * caller);
      performance.now() < until;
      viewer = (viewer + 1) % active
    ) {
      const rows = await way.read(viewer)
      if (rows.length !== 20) throw new Error(`${way.name}: ${rows.length} rows of viewer ${viewer}`)
      reads++
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, (_, caller) => call(caller)))
  return (reads * 1000) / (performance.now() - began)
}

/** The floor: one pool of a role that row-level security doesn't bind; the condition is the caller's. */
function sharedPool({ superuser, headers }: Viewers, max: number): Way {
  const { PGHOST: host, PGPORT: port, PGDATABASE: database, PGUSER: user, PGPASSWORD: password } = superuser
  const pool = new Pool({ host, port: Number(port), database, user, password, max })
  const types = { getTypeParser: () => (value: string) => value }
  return {
    name: 'one pg.Pool, no row-level security',
    async read(viewer) {
      const values = [headers[viewer]?.['x-forwarded-email']]
      const query = { name: 'own', text: OWN, values, rowMode: 'array' as const, types }
      return (await pool.query(query)).rows
    },
    close: () => pool.end(),
  }
}

function ours({ lakebase, headers, workspaceUrl }: Viewers, max: number, viewerAccess: 'login' | 'claims'): Way {
  const { PGHOST: host = '', PGPORT: port, PGDATABASE: database = '', PGUSER: user = '', LAKEBASE_ENDPOINT } = lakebase
  const workspace = createWorkspace(workspaceUrl)
  const { DATABRICKS_CLIENT_ID: id = '', DATABRICKS_CLIENT_SECRET: secret = '' } = lakebase
  const minted = (token: () => Promise<string>) => {
    let credential: Promise<string> | undefined
    const mint = async (): Promise<string> =>
      (await workspace.mintCredential(await token(), LAKEBASE_ENDPOINT ?? '')).value
    return { get: () => (credential ??= mint()), refuse: () => undefined }
  }
  const pool = createPool(
    {
      ...{ host, port: Number(port), database, user, tls: false, viewerAccess, statementTimeoutMs: 10_000 },
      ...{ operators: [], lookSoonMs: 5_000, migrationTurnMs: 30_000 },
      password: minted(async () => (await workspace.tokenOf({ id, secret })).value),
      connections: { max, maxPerViewer: 3, idleMs: 30_000, lifeMs: 2_700_000, queueMs: 10_000 },
    },
    () => undefined,
  )
  const people = headers.map((each): Run['as'] => {
    const { 'x-forwarded-email': userName = '', 'x-forwarded-access-token': token = '' } = each
    const principal = { id: userName, userName, displayName: userName, emails: [], groups: [] }
    return toViewer(principal, viewerAccess === 'login' ? minted(async () => token) : undefined)
  })
  const { signal } = new AbortController()
  return {
    name: viewerAccess === 'login' ? 'login: each viewer’s own' : 'claims: the app’s, pipelined',
    read: (viewer) => pool.run(STATEMENT, { as: people[viewer] ?? 'app', signal, openedAfter: 0 }),
    close: () => pool.close(),
  }
}
