import type { Finding } from './finding.ts'
import type { Resource } from './read-bundle.ts'
import { REFERENCE, type Target } from './targets.ts'

/** What a field must look like, once variables stand in their places: the CLI's schema takes any variable for it. */
interface FormRule {
  readonly type: string
  readonly field: string
  readonly form: RegExp
  readonly words: string
  /** No two resources of a bundle may have the same one, in whichever target. */
  readonly unique?: true
}

const LIKE_A_HOST = 'lowercase letters, digits and hyphens, beginning with a letter'
const RULES: readonly FormRule[] = [
  {
    type: 'apps',
    field: 'name',
    form: /^[a-z0-9-]{1,30}$/,
    words: 'at most 30 lowercase letters, digits and hyphens',
    unique: true,
  },
  { type: 'apps', field: 'compute_size', form: /^(MEDIUM|LARGE|XLARGE)$/, words: 'MEDIUM, LARGE or XLARGE' },
  {
    type: 'postgres_projects',
    field: 'project_id',
    form: /^[a-z][a-z0-9-]{0,61}[a-z0-9]$/,
    words: `at most 63 ${LIKE_A_HOST}`,
    unique: true,
  },
  { type: 'postgres_projects', field: 'history_retention_duration', form: /^\d+s$/, words: 'seconds, such as 604800s' },
  {
    type: 'postgres_endpoints',
    field: 'suspend_timeout_duration',
    form: /^([6-9]\d|[1-9]\d{2,4}|[1-5]\d{5}|60[0-4]\d{3})s$/,
    words: 'seconds, from 60s to 604800s',
  },
  { type: 'postgres_roles', field: 'role_id', form: /^[a-z][a-z0-9-]{3,62}$/, words: `4 to 63 ${LIKE_A_HOST}` },
  { type: 'postgres_databases', field: 'database_id', form: /^[a-z][a-z0-9-]{3,62}$/, words: `4 to 63 ${LIKE_A_HOST}` },
  {
    type: 'postgres_catalogs',
    field: 'catalog_id',
    form: /^[a-z_][a-z0-9_]{0,62}$/,
    words: 'lowercase letters, digits and underscores',
    unique: true,
  },
  {
    type: 'postgres_synced_tables',
    field: 'synced_table_id',
    form: /^[^.]+\.[^.]+\.[^.]+$/,
    words: 'catalog.schema.table',
  },
  {
    type: 'postgres_synced_tables',
    field: 'source_table_full_name',
    form: /^[^.]+\.[^.]+\.[^.]+$/,
    words: 'catalog.schema.table',
  },
  {
    type: 'postgres_synced_tables',
    field: 'scheduling_policy',
    form: /^(SNAPSHOT|TRIGGERED|CONTINUOUS)$/,
    words: 'SNAPSHOT, TRIGGERED or CONTINUOUS',
  },
]

/** Values that the platform takes. What only a workspace fills in can't be judged here. */
export function checkForms({ name: target, resources }: Target): Finding[] {
  return resources.flatMap((resource) =>
    rulesOf(resource).flatMap(({ field, form, words }): Finding[] => {
      const value = resource.value[field]
      if (value === undefined || form.test(String(value).replace(REFERENCE, 'x'))) return []
      const problem = `In the target ${target} it is “${String(value)}”.`
      return [{ where: placeOf(resource, field), problem, mend: `It must be ${words}.` }]
    }),
  )
}

/** Names that no two targets share, nor two resources of one. */
export function checkNames(targets: readonly Target[]): Finding[] {
  const taken = new Map<string, string>()
  return targets.flatMap(({ name: target, resources }) =>
    resources.flatMap((resource) =>
      rulesOf(resource).flatMap(({ field, unique }): Finding[] => {
        const name = resource.value[field]
        if (!unique || name === undefined) return []
        const other = taken.get(`${resource.type} ${name}`)
        taken.set(`${resource.type} ${name}`, target)
        if (other === undefined) return []
        const problem = `The targets ${other} and ${target} both call it “${String(name)}”, so one would replace the other’s.`
        return [
          {
            where: placeOf(resource, field),
            problem,
            mend: 'End it with ${bundle.target}, or a variable that differs.',
          },
        ]
      }),
    ),
  )
}

const rulesOf = ({ type }: Resource): FormRule[] => RULES.filter((rule) => rule.type === type)

function placeOf({ file, type, key }: Resource, field: string): string {
  return `${file}: resources.${type}.${key}.${field}`
}
