import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Variant } from './variant.ts'
import { VARIANTS } from './variants.ts'

/**
 * `npm run coherence`: has the checker run on each broken variant, and says which of them it hasn't noticed. With names, those
 * only.
 */
const ROOT = join(import.meta.dirname, '../..')
/** How a test says that it was shown something wrong. */
const WRONG = /AssertionError.*|Property failed.*|Error: not within.*|TypeError: terminated/
const CHECKER = 'test/coherence/checker.test.ts'
/** How long the checker looks. */
const MS = 8_000
const wanted = process.argv.slice(2)
const chosen = VARIANTS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))
const folder = mkdtempSync(join(tmpdir(), 'lakebase-graphql-variants-'))
for (const part of ['src', 'local', 'test', 'package.json', 'vitest.config.ts', 'tsconfig.json']) {
  cpSync(join(ROOT, part), join(folder, part), { recursive: true })
}
symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
// What fails on ours says nothing of others.
for (const test of new Set(chosen.map(({ caughtBy = CHECKER }) => caughtBy))) {
  const { status, output } = run(test)
  if (status !== 0) throw new Error(`${test} fails on what isn’t broken:\n${output.slice(-3_000)}`)
}
const missed = chosen.filter((variant) => !isNoticed(variant)).map(({ name }) => name)
rmSync(folder, { recursive: true, force: true })
process.stdout.write(`${chosen.length - missed.length} of ${chosen.length} broken variants were noticed\n`)
if (missed.length > 0) process.stdout.write(`not noticed: ${missed.join(', ')}\n`)
process.exitCode = missed.length === 0 ? 0 : 1

function isNoticed({ name, file, from, to, caughtBy = CHECKER }: Variant): boolean {
  const path = join(folder, 'src', file)
  const whole = readFileSync(path, 'utf8')
  if (whole.split(from).length !== 2) throw new Error(`${name}: ${file} must have this once: ${from}`)
  writeFileSync(path, whole.replace(from, to))
  const began = performance.now()
  let { status, output } = run(caughtBy)
  // The checker sees only what happens to happen: on a busy machine that takes longer.
  if (status === 0 && caughtBy === CHECKER) ({ status, output } = run(caughtBy, 3 * MS))
  writeFileSync(path, whole)
  const [why] = WRONG.exec(output) ?? []
  if (status !== 0 && why === undefined) throw new Error(`${name} did not run:\n${output.slice(-3_000)}`)
  const seconds = ((performance.now() - began) / 1000).toFixed(0)
  process.stdout.write(
    `${status === 0 ? 'MISSED ' : 'noticed'} ${name} (${seconds} s)${status === 0 ? '' : `: ${why}`}\n`,
  )
  return status !== 0
}

function run(test: string, ms = MS): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync('npx', ['vitest', 'run', '--project', 'node', '--bail', '1', test], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, CHECKER_MS: String(ms), NO_COLOR: '1' },
  })
  return { status, output: stdout + stderr }
}
