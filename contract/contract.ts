import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildSchema } from 'graphql'
import { compare } from './compare.ts'
import { vagueDeprecations } from './deprecations.ts'
import { brokenBy } from './registered.ts'
import { emitTypes, typesBrokenBy } from './sdk-types.ts'
import { saysItBreaks } from './version.ts'
import { explain, explainBroken, explainTypes } from './words.ts'

/**
 * `npm run contract`: what has changed in the schema since the version that was released last, or since `--against <git ref>`, in words for
 * those whose apps ask it; and in the SDK's public types since it was released last. Fails on what breaks them, unless the version says so,
 * and on what breaks a registered document in any case. `--documents FOLDER` names more of these. `--release` takes all as it is today as
 * released.
 */
const ROOT = join(import.meta.dirname, '..')
const RELEASED = join(import.meta.dirname, 'released.graphql')
const RELEASED_SDK = join(import.meta.dirname, 'released-sdk')
const [SCHEMA, PACKAGE, SDK_PACKAGE] = ['schema/schema.graphql', 'package.json', 'sdk/package.json']
const REGISTERED = join(ROOT, 'src/documents/registered')

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

/** @returns whether nothing is wrong */
function checkSchema(before: Contract, name: string): boolean {
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
  return !breaks && vague.length === 0
}

/** @returns whether nothing is wrong */
function checkDocuments(folders: readonly string[]): boolean {
  const broken = brokenBy(buildSchema(current().text), [REGISTERED, ...folders])
  process.stdout.write(explainBroken(broken))
  return broken.length === 0
}

/** @returns whether nothing is wrong */
function checkSdk(): boolean {
  const [before, now] = [join(RELEASED_SDK, 'package.json'), join(ROOT, SDK_PACKAGE)].map((file) =>
    versionIn(readFileSync(file, 'utf8')),
  )
  const folder = mkdtempSync(join(tmpdir(), 'sdk-types-'))
  try {
    emitTypes(ROOT, folder)
    const broken = typesBrokenBy(RELEASED_SDK, folder, ROOT)
    if (broken.length === 0) return true
    process.stdout.write(explainTypes(broken, before ?? ''))
    if (saysItBreaks(before ?? '', now ?? '')) return true
    process.stdout.write(`Version ${now} in ${SDK_PACKAGE} doesn’t say so. Don’t, or raise it.\n`)
    return false
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What is there today is what later changes are held against; documents of this SDK stay registered when the next has others. */
function release(): void {
  const { version, text } = current()
  writeFileSync(RELEASED, `# ${version}\n${text}`)
  rmSync(RELEASED_SDK, { recursive: true, force: true })
  emitTypes(ROOT, RELEASED_SDK)
  const sdk = versionIn(readFileSync(join(ROOT, SDK_PACKAGE), 'utf8'))
  writeFileSync(join(RELEASED_SDK, 'package.json'), `${JSON.stringify({ version: sdk })}\n`)
  cpSync(join(REGISTERED, 'lakebase-graphql-sdk.json'), join(REGISTERED, `lakebase-graphql-sdk-${sdk}.json`))
  process.stdout.write(`Released: the schema of version ${version}, the SDK ${sdk} with its documents.\n`)
}

try {
  const { values } = parseArgs({
    options: {
      against: { type: 'string' },
      documents: { type: 'string', multiple: true, default: [] },
      release: { type: 'boolean' },
    },
  })
  const { against } = values
  if (values.release) release()
  else {
    const schema =
      against === undefined ? checkSchema(released(), 'what was released') : checkSchema(at(against), against)
    const all = [schema, checkDocuments(values.documents), checkSdk()]
    process.exitCode = all.every(Boolean) ? 0 : 1
  }
} catch (error) {
  const isUsage =
    error instanceof UsageError || error instanceof TypeError || (error as NodeJS.ErrnoException).code === 'ENOENT'
  if (!(error instanceof Error) || !isUsage) throw error
  process.stderr.write(
    `${error.message}\nUse: npm run contract -- [--against GIT_REF] [--documents FOLDER] [--release]\n`,
  )
  process.exitCode = 2
}
