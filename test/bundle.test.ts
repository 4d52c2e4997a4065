import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { checkBundle, connectionsOf, type Finding } from '../src/bundle/index.ts'
import { deployedSettingsProblems } from '../src/config/index.ts'
import { domains, syncedTables } from '../src/domains/index.ts'

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

  const CASES: readonly (readonly [string, string, string, string, RegExp])[] = [
    [
      'whose value_from names no resource',
      'resources/app.yml',
      'value_from: postgres',
      'value_from: database',
      /LAKEBASE_ENDPOINT comes from “database”, which is no resource of the app\. Set it to one of them: postgres\./,
    ],
    [
      'that spells valueFrom as app.yaml does',
      'resources/app.yml',
      'value_from: postgres',
      'valueFrom: postgres',
      /valueFrom, which the CLI ignores in a bundle\. Here it is spelled value_from/,
    ],
    [
      'that refers to a variable that isn’t there',
      'resources/lakebase.yml',
      '${var.min_cu}',
      '${var.minimum_cu}',
      /\$\{var\.minimum_cu\} leads nowhere\. There are in variables: suffix, .*min_cu/,
    ],
    [
      'that refers to a resource that isn’t there',
      'resources/lakebase.yml',
      '${resources.postgres_roles.owner.id}',
      '${resources.postgres_roles.admin.id}',
      /leads nowhere\. There are in resources\.postgres_roles: owner, viewers\./,
    ],
    [
      'with a secret in clear text',
      'resources/app.yml',
      '          - name: OPERATORS\n',
      '          - name: SLACK_TOKEN\n            value: xoxb-1\n          - name: OPERATORS\n',
      /SLACK_TOKEN is a secret, and stands in clear text\. Put it into a secret scope/,
    ],
    [
      'with something that looks like a token',
      'databricks.yml',
      "    default: ''\n",
      '    default: dapi0123456789abcdef0123456789abcdef\n',
      /This looks like a secret\. Take it out of the file and its history, revoke it/,
    ],
    [
      'whose command isn’t that of app.yaml',
      'app.yaml',
      "'main.js'",
      "'server.js'",
      /It is “node .* main\.js”, but in app\.yaml “node .* server\.js”\. Make them the same/,
    ],
    [
      'whose environment isn’t that of app.yaml',
      'app.yaml',
      "value: '40'",
      "value: '50'",
      /DB_MAX_CONNECTIONS is “40” there, but “50” in app\.yaml\./,
    ],
    [
      'whose targets have the same names',
      'databricks.yml',
      '    default: ${bundle.target}',
      '    default: one',
      /The targets dev and staging both call it “lakebase-graphql-one”, so one would replace the other’s\. End it/,
    ],
    [
      'with a name that the platform doesn’t take',
      'resources/app.yml',
      'name: lakebase-graphql-${var.suffix}',
      'name: Lakebase_GraphQL_${var.suffix}',
      /it is “Lakebase_GraphQL_dev”\. It must have at most 30 lowercase letters/,
    ],
    [
      'with a setting that the app doesn’t have',
      'resources/app.yml',
      'name: OPERATORS',
      'name: OPERATOR',
      /In the target dev: The app has no setting OPERATOR\./,
    ],
    [
      'with a setting that has a wrong value',
      'databricks.yml',
      'default: login',
      'default: logon',
      /VIEWER_ACCESS must be one of: login, claims\. It is “logon”\./,
    ],
    [
      'with settings that contradict each other',
      'databricks.yml',
      "default: 'false'",
      "default: 'true'",
      /In the target dev: TRUST_FORWARDED_EMAIL=true goes with VIEWER_ACCESS=claims only/,
    ],
    [
      'without the scope that logging in needs',
      'databricks.yml',
      'default: [postgres]',
      'default: [sql]',
      /tokens lack the scope postgres\. Add it to user_api_scopes/,
    ],
    [
      'whose app would be deployed from its sources',
      'resources/app.yml',
      'source_code_path: ../dist',
      'source_code_path: ..',
      /source_code_path It is the bundle itself\. Set it to \.\.\/dist\./,
    ],
    [
      'that would not upload what was built',
      'databricks.yml',
      "  include: ['dist/**']\n",
      '',
      /dist would not be uploaded, since git ignores it\. In databricks\.yml: sync/,
    ],
    [
      'whose Lakebase is too wide',
      'databricks.yml',
      'max_cu: 8',
      'max_cu: 32',
      /In the target prod it has 1 to 32 CU\. It must have at least 0\.5, and at most 16/,
    ],
    [
      'whose Lakebase allows too few connections',
      'databricks.yml',
      'default: 2\n',
      'default: 0.5\n',
      /allows 104 connections, but 119 may be wanted: 2 instances of 40.*Raise min_cu/,
    ],
    [
      'whose synced table has another key than the app knows rows by',
      'resources/synced_tables.yml',
      'primary_key_columns: [id]',
      'primary_key_columns: [tpep_pickup_datetime]',
      /It is \[tpep_pickup_datetime\], but the app knows its rows by id\. Set it to \[id\]\./,
    ],
    [
      'that syncs a table to where the app doesn’t look',
      'resources/synced_tables.yml',
      '.taxi.trips_synced',
      '.taxi.trips',
      /The app reads taxi\.trips_synced, which nothing syncs\..*TRIPS_TABLE/,
    ],
    [
      'that includes a file that isn’t there',
      'databricks.yml',
      'resources/*.yml',
      'resource/*.yml',
      /include: there is no file that is called resource\/\*\.yml/,
    ],
    ['with a mode that isn’t one', 'databricks.yml', 'mode: development', 'mode: dev', /There is no mode dev\./],
    [
      'that could lie twice in production',
      'databricks.yml',
      '    workspace:\n      # Always',
      '    notes:\n      # Always',
      /targets\.prod In production it must be said where its one copy lies\. Set workspace\.root_path/,
    ],
    ['that is no YAML', 'resources/app.yml', 'resources:\n  apps:', 'resources:\n\tapps:', /It is no YAML/],
    [
      'that lets everybody deploy code',
      'resources/app.yml',
      'level: CAN_USE\n          group_name: ${var.users_group}',
      'level: CAN_MANAGE\n          group_name: ${var.users_group}',
      /Everybody may deploy code that gets every user’s token\./,
    ],
  ]
  it.each(CASES)('%s is refused, with what to do', (_what, file, from, to, words) => {
    const findings = check(broken(file, from, to), undefined)
    expect(findings.map(({ where, problem, mend }) => `${where} ${problem} ${mend}`).join('\n')).toMatch(words)
    expect(JSON.stringify(findings)).not.toContain('dapi')
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
