import { FOR_A_SYNC, INSTANCES, RESERVED } from '../kernel/sizing.ts'
import { configOf } from './app-config.ts'
import type { Finding } from './finding.ts'
import { list, mapping, type Resource } from './read-bundle.ts'
import { ofType, type Target } from './targets.ts'

/** A table that the app reads and a pipeline writes. */
export interface SyncedTable {
  /** `TRIPS_TABLE` is its setting. */
  readonly key: string
  /** `taxi.trips_synced` */
  readonly name: string
  /** The column that identifies a row. */
  readonly idColumn: string
}

/** max_connections by size, for sizes up to 16 CU (facts of the platform as of August 2026). */
const CONNECTIONS: readonly (readonly [cu: number, connections: number])[] = [
  [0.5, 104],
  [1, 209],
  [2, 419],
  [3, 629],
  [4, 839],
  [8, 1_678],
  [16, 3_357],
  [32, 4_000],
]
const [SMALLEST_CU, LARGEST_CU, WIDEST_CU] = [0.5, 64, 16]

/** Connections that a Lakebase of a size allows. */
export function connectionsOf(minCu: number, maxCu: number): number {
  const counts = Math.min(maxCu, 8 * minCu)
  return CONNECTIONS.findLast(([cu]) => cu <= counts)?.[1] ?? 0
}

/** Rules about Lakebase and what is synced into it, as a target deploys it. */
export function checkLakebase(target: Target, tables: readonly SyncedTable[]): Finding[] {
  const endpoints = ofType(target, 'postgres_endpoints').filter(({ value }) =>
    /READ_WRITE/.test(String(value['endpoint_type'])),
  )
  const synced = ofType(target, 'postgres_synced_tables')
  const sizes = endpoints.flatMap((endpoint) => checkSize(endpoint, target.name))
  if (sizes.length > 0) return sizes
  return [
    ...checkImplicit(target),
    ...endpoints.flatMap((endpoint) => checkBudget(endpoint, target, synced.length)),
    ...(synced.length > 0 ? checkSynced(synced, target, tables) : []),
  ]
}

function checkSize({ file, key, value }: Resource, target: string): Finding[] {
  const [min, max] = sizeOf(value)
  if (min >= SMALLEST_CU && max >= min && max <= LARGEST_CU && max - min <= WIDEST_CU) return []
  const [from, to] = [value['autoscaling_limit_min_cu'] ?? 'nothing', value['autoscaling_limit_max_cu'] ?? 'nothing']
  return [
    {
      where: `${file}: resources.postgres_endpoints.${key}`,
      problem: `In the target ${target} it has ${String(from)} to ${String(to)} CU.`,
      mend: `Set both to numbers from ${SMALLEST_CU} to ${LARGEST_CU}, with at most ${WIDEST_CU} between the two.`,
    },
  ]
}

function sizeOf(value: Resource['value']): readonly [number, number] {
  return [Number(value['autoscaling_limit_min_cu']), Number(value['autoscaling_limit_max_cu'])]
}

/** A project comes with a branch and an endpoint: they can be taken over, but not made once more. */
function checkImplicit({ name, resources }: Target): Finding[] {
  const findings: Finding[] = []
  for (const { type, key, file, value } of resources) {
    const id = type === 'postgres_branches' ? value['branch_id'] : type === 'postgres_endpoints' && value['endpoint_id']
    if (!['production', 'primary'].includes(String(id)) || value['replace_existing'] === true) continue
    const problem = `The project comes with a “${String(id)}”, so the deployment would fail.`
    findings.push({ where: `${file}: resources.${type}.${key}`, problem, mend: 'Add replace_existing: true.' })
  }
  const isPrimary = ({ type, value }: Resource): boolean =>
    type === 'postgres_endpoints' && /READ_WRITE/.test(String(value['endpoint_type']))
  if (resources.some(({ type }) => type === 'postgres_projects') && !resources.some(isPrimary)) {
    const problem = `In the target ${name} no endpoint says how large it is: the platform’s own size is unknown.`
    const mend = 'Add a postgres_endpoints with endpoint_type: ENDPOINT_TYPE_READ_WRITE.'
    findings.push({ where: 'resources.postgres_endpoints', problem, mend })
  }
  return findings
}

function checkBudget({ file, key, value }: Resource, target: Target, synced: number): Finding[] {
  const allowed = connectionsOf(...sizeOf(value))
  const apps = ofType(target, 'apps')
  const each = apps.map((app) => {
    const { env } = configOf(mapping(app.value['config']))
    return Number(env.find(({ name }) => name === 'DB_MAX_CONNECTIONS')?.value ?? 40)
  })
  // What is no number is told elsewhere.
  if (each.some(Number.isNaN)) return []
  const wanted = INSTANCES * each.reduce((sum, count) => sum + count, 0) + FOR_A_SYNC * synced + RESERVED
  if (wanted <= allowed) return []
  return [
    {
      where: `${file}: resources.postgres_endpoints.${key}`,
      problem:
        `In the target ${target.name} it allows ${allowed} connections, but ${wanted} may be wanted: ` +
        `${INSTANCES} instances of ${each.join(' and ')}, ${FOR_A_SYNC} for each of ${synced} syncs, ${RESERVED} of its own.`,
      mend: 'Raise min_cu and max_cu, or lower DB_MAX_CONNECTIONS.',
    },
  ]
}

function checkSynced(synced: readonly Resource[], target: Target, tables: readonly SyncedTable[]): Finding[] {
  const settings = new Map(
    ofType(target, 'apps').flatMap(({ value }) =>
      configOf(mapping(value['config'])).env.map(({ name, value }) => [name, value] as const),
    ),
  )
  return tables.flatMap(({ key, name, idColumn }): Finding[] => {
    const setting = `${key.toUpperCase()}_TABLE`
    const wanted = settings.get(setting) || name
    const found = synced.find(({ value }) => String(value['synced_table_id']).split('.').slice(1).join('.') === wanted)
    if (!found) {
      const mend = `Sync one to <catalog>.${wanted}, or name in ${setting} the one that is there.`
      return [
        { where: 'resources.postgres_synced_tables', problem: `The app reads ${wanted}, which nothing syncs.`, mend },
      ]
    }
    const columns = list(found.value['primary_key_columns']).map(String)
    if (columns.join() === idColumn) return []
    return [
      {
        where: `${found.file}: resources.postgres_synced_tables.${found.key}.primary_key_columns`,
        problem: `It is [${columns.join(', ')}], but the app knows its rows by ${idColumn}.`,
        mend: `Set it to [${idColumn}].`,
      },
    ]
  })
}
