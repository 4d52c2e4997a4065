import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { globSync } from 'glob'
import { parseDocument } from 'yaml'
import type { Finding } from './finding.ts'

/** What YAML can hold. */
export type Value = string | number | boolean | null | readonly Value[] | Mapping
export interface Mapping {
  readonly [key: string]: Value | undefined
}

/** One resource, with the file that says it, since paths in it are meant from there. */
export interface Resource {
  /** `apps`, `postgres_projects`, … */
  readonly type: string
  readonly key: string
  readonly file: string
  readonly value: Mapping
}

/** A bundle as its files have it. */
export interface Bundle {
  /** The folder of its databricks.yml. */
  readonly root: string
  /** Each file's content, by its path from `root`. */
  readonly files: ReadonlyMap<string, Mapping>
  /** databricks.yml. */
  readonly main: Mapping
  readonly resources: readonly Resource[]
}

export const MAIN_FILE = 'databricks.yml'

/** Reads databricks.yml and all that it includes; `findings` gets what can't be read. */
export function readBundle(root: string, findings: Finding[]): Bundle {
  const files = new Map<string, Mapping>()
  const main = readFile(root, MAIN_FILE, findings)
  files.set(MAIN_FILE, main)
  for (const pattern of list(main['include'])) {
    const found = globSync(String(pattern), { cwd: root, nodir: true }).sort()
    if (found.length === 0) {
      const problem = `include: there is no file that is called ${pattern}.`
      findings.push({ where: MAIN_FILE, problem, mend: 'Take the line out, or mend the name.' })
    }
    for (const file of found) files.set(file, readFile(root, file, findings))
  }
  return { root, files, main, resources: resourcesOf(files, findings) }
}

function readFile(root: string, file: string, findings: Finding[]): Mapping {
  const path = join(root, file)
  if (existsSync(path)) return readYaml(path, file, findings)
  findings.push({ where: file, problem: 'There is no such file.', mend: 'Name the bundle’s folder.' })
  return {}
}

/** What a file has; nothing, and a finding, if that is no YAML. `name` is the file's for people. */
export function readYaml(path: string, name: string, findings: Finding[]): Mapping {
  const text = readFileSync(path, 'utf8')
  // Its own words would quote the line, with whatever secret is in it.
  const document = parseDocument(text, { prettyErrors: false })
  for (const { message, pos } of document.errors) {
    const line = text.slice(0, pos[0]).split('\n').length
    findings.push({ where: `${name}, line ${line}`, problem: `It is no YAML: ${message}`, mend: 'Mend that line.' })
  }
  return document.errors.length > 0 ? {} : mapping(document.toJS())
}

function resourcesOf(files: ReadonlyMap<string, Mapping>, findings: Finding[]): Resource[] {
  const found = new Map<string, Resource>()
  for (const [file, content] of files) {
    for (const [type, all] of Object.entries(mapping(content['resources']))) {
      for (const [key, value] of Object.entries(mapping(all))) {
        const first = found.get(`${type}.${key}`)
        if (first) {
          const problem = `resources.${type}.${key} is in ${first.file} too, which the CLI refuses.`
          findings.push({ where: file, problem, mend: 'Give one of them another key.' })
        } else found.set(`${type}.${key}`, { type, key, file, value: mapping(value) })
      }
    }
  }
  return [...found.values()]
}

/** What is no mapping counts as an empty one: that it should be one is for the schema to say. */
export function mapping(value: Value | undefined): Mapping {
  return isMapping(value) ? value : {}
}

export function isMapping(value: Value | undefined): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The same for lists. */
export function list(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : []
}

/** Calls `visit` for every text in a value, with the path to it: `env[0].value`. */
export function forEachText(value: Value | undefined, visit: (text: string, path: string) => void, path = ''): void {
  if (typeof value === 'string') visit(value, path)
  else if (Array.isArray(value)) for (const [at, item] of value.entries()) forEachText(item, visit, `${path}[${at}]`)
  else for (const [key, item] of Object.entries(mapping(value))) forEachText(item, visit, path ? `${path}.${key}` : key)
}
