import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '..')
/** A copy of the project, as far as `npm run contract` looks at it, in a repository of its own. */
let copy = ''
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'lakebase-graphql-contract-'))
  for (const part of ['contract', 'schema', 'package.json'])
    cpSync(join(ROOT, part), join(copy, part), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  git('init', '-q')
  git('add', 'contract', 'schema', 'package.json')
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
  expect(run()).toMatchObject({ status: 0, text: expect.stringContaining('Nothing has changed') })
  edit('schema/schema.graphql', /\n {2}fare: Float\n/, '\n  price: Float\n')
  for (const args of [[], ['--against', 'HEAD']]) {
    const { status, text } = run(...args)
    expect([status, text]).toEqual([1, expect.stringContaining('Trip.fare was removed')])
    expect(text).toContain('Trip.price was added')
    expect(text).toContain('doesn’t say that it breaks')
  }
  edit('package.json', /"version": "0\.1\./, '"version": "0.2.')
  expect(run().status).toBe(0)
  expect(run('--release').status).toBe(0)
  expect(run()).toMatchObject({ status: 0, text: expect.stringContaining('Nothing has changed') })
  edit('schema/schema.graphql', /\n {2}price: Float\n/, '\n  price: Float @deprecated(reason: "No.")\n')
  expect(run()).toMatchObject({ status: 1, text: expect.stringContaining('Trip.price') })
})

it('says what to name where it can’t compare', () => {
  for (const args of [['--against', 'nothing'], ['--against', '--output=x'], ['--against=--output=x'], ['--bad']]) {
    const { status, text } = run(...args)
    expect([args, status, text]).toEqual([args, 2, expect.stringContaining('Use: npm run contract')])
    expect(text).not.toContain('    at ')
  }
})
