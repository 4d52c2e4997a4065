import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { checkBundle, connectionsOf, type Finding } from '../src/bundle/index.ts'
import { deployedSettingsProblems } from '../src/config/index.ts'
import { domains, syncedTables } from '../src/domains/index.ts'
import { BROKEN_APPS } from './support/broken-apps.ts'
import { BROKEN_BUNDLES } from './support/broken-bundles.ts'

const ROOT = join(import.meta.dirname, '..')
const FILES = ['databricks.yml', 'app.yaml', 'resources', 'existing']
/** Set by `.ci/run`; without it only our own rules are held against the bundles. */
const SCHEMA = process.env['BUNDLE_SCHEMA']
const tables = domains.flatMap((domain) => domain.tables)

function check(folder: string, schema: string | undefined): Finding[] {
  return checkBundle(folder, {
    schema,
    settingsProblems: (environment) => deployedSettingsProblems(tables, environment),
    synced: syncedTables(),
  })
}

const copies: string[] = []
afterEach(() => {
  for (const copy of copies.splice(0)) rmSync(copy, { recursive: true, force: true })
})

/** A copy of our bundles in which one text is another. */
function broken(file: string, from: string, to: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'lakebase-graphql-bundle-'))
  copies.push(copy)
  for (const name of FILES) cpSync(join(ROOT, name), join(copy, name), { recursive: true })
  const path = join(copy, file)
  const text = readFileSync(path, 'utf8')
  expect(text).toContain(from)
  writeFileSync(path, text.replaceAll(from, to))
  return copy
}

describe('the bundle', () => {
  it.each(['.', 'existing'])('%s has nothing wrong with it', (folder) => {
    expect(check(join(ROOT, folder), SCHEMA)).toEqual([])
  })

  it.each([...BROKEN_APPS, ...BROKEN_BUNDLES])('%s is refused, with what to do', (_what, file, from, to, words) => {
    const findings = check(broken(file, from, to), undefined)
    expect(findings.map(({ where, problem, mend }) => `${where} ${problem} ${mend}`).join('\n')).toMatch(words)
    expect(JSON.stringify(findings)).not.toContain('dapi')
  })

  it('may give a number or a truth without quotes, as the CLI takes it', () => {
    const copy = broken('databricks.yml', "default: '40'", 'default: 40')
    expect(check(copy, SCHEMA)).toEqual([])
  })

  it('for a Lakebase that exists is held to the same rules', () => {
    const copy = broken('existing/databricks.yml', 'value_from: postgres', 'value_from: lakebase')
    expect(check(join(copy, 'existing'), undefined)).toHaveLength(2) // it is no resource, and not what app.yaml says
  })

  it('leaves room for what Lakebase allows by its size', () => {
    expect([connectionsOf(0.5, 0.5), connectionsOf(0.5, 8), connectionsOf(1, 2), connectionsOf(8, 16)]).toEqual([
      104, 839, 419, 3_357,
    ])
  })
})

if (SCHEMA !== undefined) {
  describe('the CLI’s schema', () => {
    it('is where BUNDLE_SCHEMA says', () => {
      expect(existsSync(SCHEMA)).toBe(true)
    })

    it.each([
      ['resources/app.yml', 'compute_size:', 'size:', /there is no property size\. .*It may have: .*compute_size/],
      ['resources/app.yml', 'level: CAN_USE', 'level: MAY_USE', /it must be one of CAN_MANAGE, CAN_USE/],
      ['resources/lakebase.yml', 'pg_version: 17', 'pg_version: seventeen', /pg_version/],
      ['resources/lakebase.yml', '      branch_id: production\n', '', /must have required property 'branch_id'/],
    ])('%s with “%s” turned into “%s” is refused', (file, from, to, words) => {
      const findings = check(broken(file, from, to), SCHEMA)
      expect(findings.map(({ where, problem, mend }) => `${where} ${problem} ${mend}`).join('\n')).toMatch(words)
    })
  })
}
