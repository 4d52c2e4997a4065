import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildSchema } from 'graphql'
import { compare, type Difference } from './compare.ts'
import { vagueDeprecations } from './deprecations.ts'
import { saysItBreaks } from './version.ts'

/**
 * `npm run contract`: what has changed in the schema since the version that was released last, or since `--against <git ref>`, in words for
 * those whose apps ask it. Fails on what breaks them, unless the version says so. `--release` takes the schema of today as released.
 */
const ROOT = join(import.meta.dirname, '..')
const RELEASED = join(import.meta.dirname, 'released.graphql')
const [SCHEMA, PACKAGE] = ['schema/schema.graphql', 'package.json']

/** A schema, and the version that it is of. */
interface Contract {
  readonly version: string
  readonly text: string
}

class UsageError extends Error {}

const versionIn = (json: string): string => String(JSON.parse(json).version)
const current = (): Contract => ({
  version: versionIn(readFileSync(join(ROOT, PACKAGE), 'utf8')),
  text: readFileSync(join(ROOT, SCHEMA), 'utf8'),
})

function released(): Contract {
  const [first = '', ...rest] = readFileSync(RELEASED, 'utf8').split('\n')
  return { version: first.replace('# ', ''), text: rest.join('\n') }
}

function at(ref: string): Contract {
  const read = (file: string): string => {
    const { status, stdout, stderr, error } = spawnSync('git', ['show', `${ref}:${file}`], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    if (error) throw new UsageError(`git can’t be run: ${error.message}`)
    if (status === 0) return stdout
    throw new UsageError(
      `${ref} can’t be compared with: ${stderr.trim().replace(/\.$/, '')}. Name a commit, a branch or a tag that has ${file}.`,
    )
  }
  // What looks like an option would be git's.
  if (ref.startsWith('-')) throw new UsageError(`${ref} is no commit, branch or tag.`)
  return { version: versionIn(read(PACKAGE)), text: read(SCHEMA) }
}

const HEADS = {
  breaking: 'Breaks operations that work today:',
  risky: 'Breaks none, but is answered with what apps may not expect:',
  added: 'New:',
} as const

function explain(differences: readonly Difference[], severity: Difference['severity']): string {
  const here = differences.filter((each) => each.severity === severity)
  if (here.length === 0) return ''
  const lines = here.map(({ what, advice }) => `  - ${what}${advice === undefined ? '' : `\n    ${advice}`}`)
  return `${HEADS[severity]}\n${lines.join('\n')}\n`
}

/** @returns the exit code */
function check(before: Contract, name: string): number {
  const now = current()
  const [old, schema] = [buildSchema(before.text), buildSchema(now.text)]
  const differences = compare(old, schema)
  const parts = (['breaking', 'risky', 'added'] as const).map((severity) => explain(differences, severity))
  const same = differences.length === 0 ? 'Nothing has changed that an app could see.\n' : ''
  process.stdout.write(`The schema against ${name} (version ${before.version}):\n${same}${parts.join('')}`)
  const vague = vagueDeprecations(schema)
  if (vague.length > 0) {
    process.stdout.write(
      `Deprecated without a reason and a date, as in "Use fare. (until 2027-06-30)": ${vague.join(', ')}\n`,
    )
  }
  const breaks =
    differences.some(({ severity }) => severity === 'breaking') && !saysItBreaks(before.version, now.version)
  if (breaks)
    process.stdout.write(
      `Version ${now.version} in ${PACKAGE} doesn’t say that it breaks what ${before.version} had. Don’t, or raise it.\n`,
    )
  return breaks || vague.length > 0 ? 1 : 0
}

try {
  const { values } = parseArgs({ options: { against: { type: 'string' }, release: { type: 'boolean' } } })
  if (values.release) {
    const { version, text } = current()
    writeFileSync(RELEASED, `# ${version}\n${text}`)
    process.stdout.write(`contract/released.graphql is the schema of version ${version} now.\n`)
  } else
    process.exitCode =
      values.against === undefined ? check(released(), 'what was released') : check(at(values.against), values.against)
} catch (error) {
  if (!(error instanceof UsageError) && !(error instanceof TypeError)) throw error
  process.stderr.write(`${error.message}\nUse: npm run contract -- [--against GIT_REF] [--release]\n`)
  process.exitCode = 2
}
