import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createSchema, domains } from '../src/domains/index.ts'
import { ERROR_STATUS } from '../src/kernel/errors.ts'

const ROOT = join(import.meta.dirname, '..')
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((file) => join('docs', file)),
].filter((file) => file.endsWith('.md'))
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

describe('the docs', () => {
  it('list every code that an error can have, with its status', () => {
    const rows = [...read('docs/errors.md').matchAll(/^\| `([A-Z_]+)` \| (\d+) \|/gm)]
    expect(Object.fromEntries(rows.map(([, code, status]) => [code, Number(status)]))).toEqual(ERROR_STATUS)
  })

  it.each(pages)('%s links only to what is there', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, link]) => link ?? '')
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(page), link)))).toEqual([])
  })

  it.each(pages)('%s names only files and folders that are there', (page) => {
    const paths = [...read(page).matchAll(/`((?:src|local|test|docs|schema|\.ci)\/[\w./-]*)`/g)].map(
      ([, path]) => path ?? '',
    )
    expect(paths.filter((path) => !path.includes('/orders/') && !existsSync(join(ROOT, path)))).toEqual([])
  })

  it('name only scripts that package.json has', () => {
    const { scripts } = JSON.parse(read('package.json'))
    const named = pages.flatMap((page) => [...read(page).matchAll(/npm run (\w[\w:]*)/g)].map(([, name]) => name ?? ''))
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })

  it('have bodies for curl that are JSON, and queries that fit the schema', () => {
    const schema = createSchema(domains)
    const bodies = pages.flatMap((page) => [...read(page).matchAll(/-d '([^']*)'/g)].map(([, body]) => body ?? ''))
    expect(bodies.length).toBeGreaterThan(0)
    for (const body of bodies) expect(validate(schema, parse(JSON.parse(body).query))).toEqual([])
  })

  it('of settings name every variable that settings.ts reads', () => {
    const settings = [...read('src/config/settings.ts').matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(
      ([, name]) => name ?? '',
    )
    expect(settings.length).toBeGreaterThan(10)
    expect(settings.filter((name) => !read('docs/operations.md').includes(`\`${name}\``))).toEqual([])
  })
})
