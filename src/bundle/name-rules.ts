import type { Finding } from './finding.ts'
import { REFERENCE, type Target } from './targets.ts'

interface NameRule {
  readonly type: string
  readonly field: string
  readonly form: RegExp
  readonly words: string
  /** Two targets may not have the same one. */
  readonly unique: boolean
}

const RULES: readonly NameRule[] = [
  {
    type: 'apps',
    field: 'name',
    form: /^[a-z0-9-]{1,30}$/,
    words: 'at most 30 lowercase letters, digits and hyphens',
    unique: true,
  },
  {
    type: 'postgres_projects',
    field: 'project_id',
    form: /^[a-z][a-z0-9-]{0,61}[a-z0-9]$/,
    words: 'at most 63 lowercase letters, digits and hyphens, beginning with a letter',
    unique: true,
  },
  {
    type: 'postgres_catalogs',
    field: 'catalog_id',
    form: /^[a-z_][a-z0-9_]{0,62}$/,
    words: 'lowercase letters, digits and underscores',
    unique: true,
  },
  {
    type: 'postgres_roles',
    field: 'role_id',
    form: /^[a-z][a-z0-9-]{3,62}$/,
    words: '4 to 63 lowercase letters, digits and hyphens, beginning with a letter',
    unique: false,
  },
  {
    type: 'postgres_databases',
    field: 'database_id',
    form: /^[a-z][a-z0-9-]{3,62}$/,
    words: '4 to 63 lowercase letters, digits and hyphens, beginning with a letter',
    unique: false,
  },
]

/** Names that the platform takes, and that no two targets share. What a workspace fills in can't be judged here. */
export function checkNames(targets: readonly Target[]): Finding[] {
  const taken = new Map<string, string>()
  return targets.flatMap((target) =>
    target.resources.flatMap(({ type, key, file, value }) =>
      RULES.filter((rule) => rule.type === type).flatMap((rule): Finding[] => {
        const name = String(value[rule.field] ?? '')
        const where = `${file}: resources.${type}.${key}.${rule.field}`
        if (!rule.form.test(name.replace(REFERENCE, 'x'))) {
          const problem = `In the target ${target.name} it is “${name}”.`
          return [{ where, problem, mend: `It must have ${rule.words}.` }]
        }
        const other = taken.get(`${type} ${name}`)
        taken.set(`${type} ${name}`, target.name)
        if (!rule.unique || other === undefined) return []
        const problem = `The targets ${other} and ${target.name} both call it “${name}”, so one would replace the other’s.`
        return [{ where, problem, mend: 'End it with ${bundle.target}, or a variable that differs.' }]
      }),
    ),
  )
}
