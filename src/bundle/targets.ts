import {
  type Bundle,
  isMapping,
  list,
  MAIN_FILE,
  type Mapping,
  mapping,
  type Resource,
  type Value,
} from './read-bundle.ts'

/** The bundle as one target deploys it. */
export interface Target {
  readonly name: string
  /** Resources with the target's own changes, and with variables in their places. */
  readonly resources: readonly Resource[]
}

/** Its resources of one type: `apps`, `postgres_endpoints`, … */
export function ofType({ resources }: Target, type: string): Resource[] {
  return resources.filter((resource) => resource.type === type)
}

/** Of `${…}`. */
export const REFERENCE = /\$\{([^${}]*)\}/g
const DEEPEST = 10

/** Every target; a bundle without any is deployed as one called `default`. */
export function targetsOf(bundle: Bundle): Target[] {
  const targets = Object.entries(mapping(bundle.main['targets']))
  if (targets.length === 0) return [untargeted(bundle)]
  return targets.map(([name, target]) => toTarget(bundle, name, mapping(target)))
}

/** The bundle with the defaults of its variables, and no target's changes. */
export function untargeted(bundle: Bundle): Target {
  return toTarget(bundle, 'default', {})
}

function toTarget(bundle: Bundle, name: string, target: Mapping): Target {
  const overrides = mapping(target['resources'])
  const look = lookUp(bundle, name, mapping(target['variables']))
  const changed = bundle.resources.map((resource) => {
    const override = mapping(mapping(overrides[resource.type])[resource.key])
    return { ...resource, value: merge(resource.value, override) }
  })
  const known = new Set(bundle.resources.map(({ type, key }) => `${type}.${key}`))
  const added = Object.entries(overrides).flatMap(([type, all]) =>
    Object.entries(mapping(all)).flatMap(([key, value]) =>
      known.has(`${type}.${key}`) ? [] : [{ type, key, file: MAIN_FILE, value: mapping(value) }],
    ),
  )
  const resources = [...changed, ...added].map((resource) => ({
    ...resource,
    value: mapping(replace(resource.value, look)),
  }))
  return { name, resources }
}

/** What `var.x`, `bundle.name` and `bundle.target` stand for; undefined for what is known only in a workspace. */
function lookUp(bundle: Bundle, target: string, overrides: Mapping): (name: string) => Value | undefined {
  const declared = mapping(bundle.main['variables'])
  const name = mapping(bundle.main['bundle'])['name']
  return (reference) => {
    if (reference === 'bundle.target') return target
    if (reference === 'bundle.name') return name
    const [kind, variable = ''] = reference.split('.')
    if (kind === 'resources') return fieldOf(bundle, reference)
    if (kind !== 'var') return undefined
    const override = overrides[variable]
    // `max_cu: 8` as well as `max_cu: { default: 8 }`
    return mapping(override)['default'] ?? override ?? mapping(declared[variable])['default']
  }
}

function fieldOf(bundle: Bundle, reference: string): Value | undefined {
  const [, type, key, field = ''] = reference.split('.')
  return bundle.resources.find((resource) => resource.type === type && resource.key === key)?.value[field]
}

/** Puts values in the places of references, as far as they are known. */
function replace(value: Value | undefined, look: (name: string) => Value | undefined, depth = 0): Value {
  if (depth > DEEPEST) return value ?? null // they lead to each other
  const again = (inner: Value | undefined): Value => replace(inner, look, depth + 1)
  if (typeof value === 'string') {
    const whole = /^\$\{([^${}]*)\}$/.exec(value)?.[1]
    const found = whole === undefined ? undefined : look(whole)
    if (found !== undefined) return again(found)
    const text = value.replaceAll(REFERENCE, (all, name) => String(look(name) ?? all))
    return text === value ? value : again(text)
  }
  if (Array.isArray(value)) return value.map((item) => replace(item, look, depth))
  if (typeof value !== 'object' || value === null) return value ?? null
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replace(item, look, depth)]))
}

/** Mappings are merged, lists go on, all else is replaced: as the CLI does. */
function merge(value: Mapping, override: Mapping): Mapping {
  const merged: Record<string, Value | undefined> = { ...value }
  for (const [key, item] of Object.entries(override)) {
    const old = merged[key]
    if (Array.isArray(item) && Array.isArray(old)) merged[key] = [...list(old), ...list(item)]
    else if (isMapping(item) && isMapping(old)) merged[key] = merge(old, item)
    else merged[key] = item
  }
  return merged
}
