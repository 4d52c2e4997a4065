import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { emitTypes } from './sdk-types.ts'

/** Declarations of the SDK's public types at a commit. */
export interface OldTypes {
  readonly folder: string
  remove(): void
}

/** @param ref a commit that is there. @returns undefined where that has no SDK. @throws Error if its types can't be made */
export function sdkTypesAt(root: string, ref: string): OldTypes | undefined {
  // Within the project, so that what its types are made of is found.
  const folder = mkdtempSync(join(root, 'node_modules', '.sdk-at-'))
  const remove = (): void => rmSync(folder, { recursive: true })
  try {
    const archive = join(folder, 'sdk.tar')
    run('git', ['archive', '--output', archive, ref], root)
    run('tar', ['-xf', archive], folder)
    if (existsSync(join(folder, 'sdk/tsconfig.build.json'))) {
      const types = join(folder, 'types')
      emitTypes(folder, types)
      return { folder: types, remove }
    }
  } catch (error) {
    remove()
    throw error
  }
  remove()
  return undefined
}

function run(program: string, args: readonly string[], cwd: string): void {
  const { status, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' })
  if (error) throw new Error(`${program} can’t be run: ${error.message}`)
  if (status !== 0) throw new Error(stderr.trim())
}
