import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildSchema } from 'graphql'
import { messageOf } from '../src/kernel/errors.ts'
import { compare } from './compare.ts'
import { vagueDeprecations } from './deprecations.ts'
import { brokenBy } from './registered.ts'
import { type OldTypes, sdkTypesAt } from './sdk-at.ts'
import { emitTypes, typesBrokenBy } from './sdk-types.ts'
import { saysItBreaks } from './version.ts'
import { explain, explainBroken, explainTypes } from './words.ts'

/**
 * `npm run contract`: what has changed in the schema since the version that was released last, or since `--against <git ref>`, in words for
 * those whose apps ask it; and in the SDK's public types in the same way. Fails on what breaks them, unless the version says so,
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

const USAGE = `Use: npm run contract -- [--against GIT_REF] [--documents FOLDER] [--release]
  --against    what breaks since that commit, branch or tag, in place of the last release
  --documents  registered documents besides the repository's own, to hold against the schema; may be named again
  --release    takes the schema, the SDK's types and its documents of today as released: writes contract/ and src/documents/registered/
`

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

const releasedSdk = (): string => versionIn(readFileSync(join(RELEASED_SDK, 'package.json'), 'utf8'))

/** A file as it was. */
function show(ref: string, file: string): string {
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

function at(ref: string): Contract {
  // What looks like an option would be git's.
  if (ref.startsWith('-')) throw new UsageError(`${ref} is no commit, branch or tag.`)
  return { version: versionIn(show(ref, PACKAGE)), text: show(ref, SCHEMA) }
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
  const { broken, count } = brokenBy(buildSchema(current().text), [REGISTERED, ...folders])
  process.stdout.write(`${count} registered documents looked at.\n${explainBroken(broken)}`)
  return broken.length === 0
}

function typesAt(ref: string): OldTypes | undefined {
  try {
    return sdkTypesAt(ROOT, ref)
  } catch (error) {
    throw new UsageError(`The SDK’s types at ${ref} can’t be made with what is installed now: ${messageOf(error)}`)
  }
}

/** @returns whether nothing is wrong */
function checkSdkAgainst(ref: string): boolean {
  const types = typesAt(ref)
  if (!types) {
    process.stdout.write(`The SDK: ${ref} had none.\n`)
    return true
  }
  try {
    return checkSdk(types.folder, versionIn(show(ref, SDK_PACKAGE)), ref)
  } finally {
    types.remove()
  }
}

/** @param types of an older version. @returns whether nothing is wrong */
function checkSdk(types: string, before: string, name: string): boolean {
  const now = versionIn(readFileSync(join(ROOT, SDK_PACKAGE), 'utf8'))
  const folder = mkdtempSync(join(tmpdir(), 'sdk-types-'))
  try {
    emitTypes(ROOT, folder)
    const broken = typesBrokenBy(types, folder, ROOT)
    process.stdout.write(`The SDK’s types against ${name} (version ${before}):\n${explainTypes(broken, before)}`)
    if (broken.length === 0 || saysItBreaks(before, now)) return true
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
      help: { type: 'boolean' },
    },
  })
  const { against } = values
  if (values.help) process.stdout.write(USAGE)
  else if (values.release) release()
  else {
    const schema =
      against === undefined ? checkSchema(released(), 'what was released') : checkSchema(at(against), against)
    const documents = checkDocuments(values.documents)
    const sdk =
      against === undefined ? checkSdk(RELEASED_SDK, releasedSdk(), 'what was released') : checkSdkAgainst(against)
    const all = [schema, documents, sdk]
    process.exitCode = all.every(Boolean) ? 0 : 1
  }
} catch (error) {
  const isUsage =
    error instanceof UsageError || error instanceof TypeError || (error as NodeJS.ErrnoException).code === 'ENOENT'
  if (!(error instanceof Error) || !isUsage) throw error
  process.stderr.write(`${error.message}\n${USAGE}`)
  process.exitCode = 2
}
