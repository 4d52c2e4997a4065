import { readFileSync } from 'node:fs'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import type { Finding } from './finding.ts'
import type { Bundle } from './read-bundle.ts'

const MAX_FINDINGS = 20

/** Holds every file of the bundle against the CLI's own schema (`databricks bundle schema`), which lies at `path`. */
export function checkJsonSchema(bundle: Bundle, path: string): Finding[] {
  const validate = compile(path)
  return [...bundle.files].flatMap(([file, content]) => {
    if (validate(content)) return []
    return deepest(validate.errors ?? []).map((error) => toFinding(file, error))
  })
}

function compile(path: string): ValidateFunction {
  const schema = JSON.parse(readFileSync(path, 'utf8'))
  // It has words of its own, and patterns for which regular expressions must know Unicode.
  return new Ajv({ strict: false, allErrors: true, verbose: true, unicodeRegExp: true, logger: false }).compile(schema)
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
