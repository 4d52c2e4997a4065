import { readFileSync } from 'node:fs'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { messageOf } from '../kernel/errors.ts'
import type { Finding } from './finding.ts'
import type { Bundle } from './read-bundle.ts'
import type { Target } from './targets.ts'

const MAX_FINDINGS = 20

/**
 * Holds every file of the bundle against the CLI's own schema (`databricks bundle schema`), which lies at `path`; and what
 * each target makes of it, since the schema takes any `${var.x}` for a number or a word of its list.
 */
export function checkJsonSchema(bundle: Bundle, targets: readonly Target[], path: string): Finding[] {
  const findings: Finding[] = []
  const validate = compile(path, findings)
  if (!validate) return findings
  for (const [file, content] of bundle.files) {
    if (!validate(structuredClone(content)))
      findings.push(...deepest(validate.errors ?? []).map((error) => toFinding(file, error)))
  }
  for (const { name, resources } of targets) {
    for (const { type, key, file, value } of resources) {
      if (validate(structuredClone({ bundle: { name }, resources: { [type]: { [key]: value } } }))) continue
      const found = deepest(validate.errors ?? []).map((error) => toFinding(`${file} (target ${name})`, error))
      // What the file says by itself has been told.
      findings.push(...found.filter(({ problem }) => !findings.some((known) => known.problem === problem)))
    }
  }
  return findings
}

function compile(path: string, findings: Finding[]): ValidateFunction | undefined {
  try {
    // The CLI takes a number for a text too. The schema has words of its own, and patterns for which regular expressions must know Unicode.
    const options = {
      strict: false,
      allErrors: true,
      verbose: true,
      coerceTypes: true,
      unicodeRegExp: true,
      logger: false,
    } as const
    return new Ajv(options).compile(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    const problem = `It is no JSON schema that can be read: ${messageOf(error)}`
    findings.push({ where: 'BUNDLE_SCHEMA', problem, mend: `databricks bundle schema > ${path}` })
    return undefined
  }
}

/**
 * Nearly everything may be `${var.x}` instead of what it is, so each error comes with those of all that it could have been.
 * Those that lie deepest, and are no more than that pattern, say what is wrong.
 */
function deepest(errors: readonly ErrorObject[]): ErrorObject[] {
  const real = errors.filter(({ keyword }) => !['oneOf', 'anyOf', 'pattern'].includes(keyword))
  const ends = real.filter(
    ({ instancePath }) => !real.some((other) => other.instancePath.startsWith(`${instancePath}/`)),
  )
  const told = ends.filter(
    ({ keyword }, _at, all) => keyword !== 'type' || all.every((each) => each.keyword === 'type'),
  )
  const unique = new Map(told.map((error) => [`${error.instancePath} ${wordsOf(error)}`, error]))
  // Where all of it is of those kinds, something is wrong all the same.
  return unique.size > 0 ? [...unique.values()].slice(0, MAX_FINDINGS) : errors.slice(-1)
}

function toFinding(file: string, error: ErrorObject): Finding {
  const path = error.instancePath.slice(1).replaceAll('/', '.')
  const known: unknown = error.parentSchema?.['properties']
  const names = typeof known === 'object' && known !== null ? ` It may have: ${Object.keys(known).join(', ')}.` : ''
  return { where: `${file}: ${path}`, problem: `The CLI’s schema: ${wordsOf(error)}.`, mend: `Mend it there.${names}` }
}

function wordsOf({ keyword, message, params }: ErrorObject): string {
  if (keyword === 'additionalProperties') return `there is no property ${params['additionalProperty']}`
  if (keyword === 'enum') return `it must be one of ${params['allowedValues'].join(', ')}`
  return message ?? keyword
}
