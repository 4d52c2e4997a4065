import { existsSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
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
  return { root, files, main, resources: [...files].flatMap(([file, content]) => resourcesOf(file, content, findings)) }
}

function readFile(root: string, file: string, findings: Finding[]): Mapping {
  const path = join(root, file)
  if (!existsSync(path)) {
    findings.push({ where: relative(root, path), problem: 'There is no such file.', mend: 'Name the bundle’s folder.' })
    return {}
  }
  const document = parseDocument(readFileSync(path, 'utf8'))
  for (const { message } of document.errors) {
    findings.push({ where: file, problem: `It is no YAML: ${message}`, mend: 'Mend that line.' })
  }
  return document.errors.length > 0 ? {} : mapping(document.toJS())
}

function resourcesOf(file: string, content: Mapping, findings: Finding[]): Resource[] {
  const seen = new Set<string>()
  return Object.entries(mapping(content['resources'])).flatMap(([type, all]) =>
    Object.entries(mapping(all)).map(([key, value]) => {
      if (seen.has(`${type}.${key}`)) findings.push(twice(file, type, key))
      seen.add(`${type}.${key}`)
      return { type, key, file, value: mapping(value) }
    }),
  )
}

function twice(file: string, type: string, key: string): Finding {
  return { where: file, problem: `resources.${type}.${key} is there twice.`, mend: 'Give one of them another key.' }
}

/** What is no mapping counts as an empty one: that it should be one is for the schema to say. */
export function mapping(value: Value | undefined): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {}
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
