import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'

/** Each run compiles the SDK's types. */
vi.setConfig({ testTimeout: 90_000 })

const ROOT = join(import.meta.dirname, '..')
const PARTS = ['contract', 'schema', 'package.json', 'src/documents', 'src/kernel', 'tsconfig.json', 'sdk']
/** A copy of the project, as far as `npm run contract` looks at it, in a repository of its own. */
let copy = ''
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'lakebase-graphql-contract-'))
  for (const part of PARTS) cpSync(join(ROOT, part), join(copy, part), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  git('init', '-q')
  git('add', ...PARTS)
  git('-c', 'user.name=x', '-c', 'user.email=x@example.com', 'commit', '-qm', 'x')
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

const git = (...args: string[]): void => {
  const { status, stderr } = spawnSync('git', args, { cwd: copy, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}
function run(...args: string[]): { readonly status: number | null; readonly text: string } {
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning', 'contract/contract.ts']
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, ...args], { cwd: copy, encoding: 'utf8' })
  return { status, text: stdout + stderr }
}
function edit(file: string, from: RegExp, to: string): void {
  const path = join(copy, file)
  const text = readFileSync(path, 'utf8')
  expect(text).toMatch(from)
  writeFileSync(path, text.replace(from, to))
}

it('fails on what breaks apps, until the version says so, and starts anew with a release', () => {
  // What no registered document asks for.
  edit('schema/schema.graphql', /\n {2}scopes: Int!\n/, '\n  viewers: Int!\n')
  const { status, text } = run('--against', 'HEAD')
  expect([status, text]).toEqual([1, expect.stringContaining('CacheStatus.scopes was removed')])
  expect(text).toContain('CacheStatus.viewers was added')
  expect(text).toContain('doesn’t say that it breaks')
  edit('package.json', /"version": "0\.1\./, '"version": "0.2.')
  expect(run().status).toBe(0)
  expect(run('--release').status).toBe(0)
  edit('schema/schema.graphql', /\n {2}viewers: Int!\n/, '\n  viewers: Int! @deprecated(reason: "No.")\n')
  const after = run()
  expect([after.status, after.text]).toEqual([1, expect.stringContaining('CacheStatus.viewers')])
  expect(after.text).not.toContain('was removed')
  edit('schema/schema.graphql', / @deprecated\(reason: "No\."\)/, '')
})

it('names the app and the operation that a change would break', () => {
  const text = 'query dear { trips(first: 1) { nodes { distance } } }'
  const id = `sha256:${createHash('sha256').update(text).digest('hex')}`
  const manifest = JSON.stringify({ app: 'sales/dashboard', documents: { [id]: text } })
  mkdirSync(join(copy, 'theirs'))
  writeFileSync(join(copy, 'theirs/sales.json'), manifest)
  expect(run('--documents', 'theirs')).toMatchObject({
    status: 0,
    text: expect.stringMatching(/\d\d registered documents looked at/),
  })
  edit('schema/schema.graphql', /\n {2}distance: Float\n/, '\n  length: Float\n')
  // Whatever the version says: their app would fail.
  edit('package.json', /"version": "0\.2\./, '"version": "9.0.')
  const { status, text: said } = run('--documents', 'theirs')
  expect([status, said]).toEqual([
    1,
    expect.stringContaining('app sales/dashboard, operation dear: Cannot query field'),
  ])
  edit('schema/schema.graphql', /\n {2}length: Float\n/, '\n  distance: Float\n')
})

it('fails on types of the SDK that apps no longer compile with, until its version says so', () => {
  edit('sdk/src/errors.ts', /readonly status: number \| undefined/, 'readonly status: string | undefined')
  edit('sdk/src/errors.ts', /this\.status = details\.status/, 'this.status = String(details.status)')
  edit('sdk/src/index.ts', /, type Problem/, '')
  const { status, text } = run()
  expect(text).toContain('Problem is no longer exported.')
  expect(text).toMatch(/'string' is not assignable to type 'number'/)
  expect([status, text]).toEqual([1, expect.stringContaining('doesn’t say so')])
  const { text: against } = run('--against', 'HEAD')
  expect(against).toMatch(
    /The SDK’s types against HEAD \(version 0\.1\.0\):\n.*version 0\.1\.0 of the SDK:\n.*Problem is no longer/,
  )
  edit('sdk/package.json', /"version": "0\.1\./, '"version": "0.2.')
  expect(run().status).toBe(0)
})

it('says what to name where it can’t compare', () => {
  for (const args of [
    ['--documents', 'nowhere'],
    ['--against', 'nothing'],
    ['--against', '--output=x'],
    ['--against=--output=x'],
    ['--bad'],
  ]) {
    const { status, text } = run(...args)
    expect([args, status, text]).toEqual([args, 2, expect.stringContaining('Use: npm run contract')])
    expect(text).not.toContain('    at ')
  }
})
