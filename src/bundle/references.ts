import type { Finding } from './finding.ts'
import { type Bundle, forEachText, MAIN_FILE, mapping } from './read-bundle.ts'
import { REFERENCE } from './targets.ts'

/** What the workspace fills in after a resource was made. */
const MADE = ['id', 'name', 'uid', 'url', 'service_principal_client_id', 'service_principal_id']
const OF_WORKSPACE = [
  'host',
  'profile',
  'root_path',
  'file_path',
  'artifact_path',
  'resource_path',
  'state_path',
  'current_user',
]
const OF_BUNDLE = ['name', 'target', 'environment', 'uuid', 'git.commit', 'git.branch', 'git.origin_url']

/** Every `${…}` must lead somewhere. */
export function checkReferences(bundle: Bundle): Finding[] {
  const findings: Finding[] = unknownVariables(bundle)
  for (const [file, content] of bundle.files) {
    forEachText(content, (text, path) => {
      for (const [whole, reference = ''] of text.matchAll(REFERENCE)) {
        const mend = mendOf(bundle, reference)
        if (mend === undefined) continue
        findings.push({ where: `${file}: ${path}`, problem: `${whole} leads nowhere.`, mend })
      }
      if (/\$\{[^}]*$/.test(text)) {
        findings.push({ where: `${file}: ${path}`, problem: `“${text}” has a \${ without its }.`, mend: 'Close it.' })
      }
    })
  }
  return findings
}

/** A target gives values to variables that are declared. */
function unknownVariables({ main }: Bundle): Finding[] {
  const declared = Object.keys(mapping(main['variables']))
  return Object.entries(mapping(main['targets'])).flatMap(([target, value]) =>
    Object.keys(mapping(mapping(value)['variables'])).flatMap((name): Finding[] => {
      const mend = oneOf(name, declared, 'variables')
      const where = `${MAIN_FILE}: targets.${target}.variables.${name}`
      return mend === undefined ? [] : [{ where, problem: 'There is no such variable.', mend }]
    }),
  )
}

/** Undefined for what is there. */
function mendOf(bundle: Bundle, reference: string): string | undefined {
  const [kind = '', ...path] = reference.replaceAll(/\[\d+\]/g, '').split('.')
  switch (kind) {
    case 'var':
      return oneOf(path[0], Object.keys(mapping(bundle.main['variables'])), 'variables')
    case 'bundle':
      return oneOf(path.join('.'), OF_BUNDLE, 'what a bundle has')
    case 'workspace':
      return oneOf(path[0], OF_WORKSPACE, 'what a workspace has')
    case 'resources':
      return resourceMend(bundle, path)
    default:
      return 'It must begin with var., bundle., workspace. or resources.'
  }
}

function resourceMend({ resources }: Bundle, [type = '', key = '', field = '']: readonly string[]): string | undefined {
  const ofType = resources.filter((resource) => resource.type === type)
  if (ofType.length === 0) return oneOf(type, [...new Set(resources.map((resource) => resource.type))], 'resources')
  const resource = ofType.find((candidate) => candidate.key === key)
  if (!resource)
    return oneOf(
      key,
      ofType.map((candidate) => candidate.key),
      `resources.${type}`,
    )
  return oneOf(field, [...new Set([...Object.keys(resource.value), ...MADE])], `resources.${type}.${key}`)
}

function oneOf(name: string | undefined, known: readonly string[], where: string): string | undefined {
  if (name !== undefined && known.includes(name)) return undefined
  return `There are in ${where}: ${known.join(', ')}.`
}
