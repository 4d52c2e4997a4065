import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chownSync, cpSync, existsSync, lstatSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The OS user that Postgres runs as. */
export interface ServerUser {
  readonly uid: number
  readonly gid: number
}

/** Postgres refuses to run as root, so root hands it to `postgres` where that user exists, else to `nobody`. */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    const uid = idOf(name, '-u')
    const gid = idOf(name, '-g')
    if (uid && gid) return { uid, gid }
  }
  throw new Error(
    'Postgres does not run as root, and neither of the users "postgres" and "nobody" exists to run it. ' +
      'Create one of them (useradd --system postgres), or start as an ordinary user.',
  )
}

function idOf(name: string, flag: '-u' | '-g'): number | undefined {
  const answer = spawnSync('id', [flag, name], { encoding: 'utf8' })
  const id = Number(answer.stdout)
  return answer.status === 0 && Number.isInteger(id) && id > 0 ? id : undefined
}

/** Whether `user` (undefined: we ourselves) can reach and use `path`: `r` to read and enter it, `w` to write in it. */
function canUse(user: ServerUser | undefined, path: string, need: 'r' | 'w'): boolean {
  const script = need === 'w' ? 'cd "$1" && test -w .' : 'cd "$1" && test -r .'
  return spawnSync('/bin/sh', ['-c', script, 'sh', path], { ...user, stdio: 'ignore', cwd: '/' }).status === 0
}

/**
 * A folder at `wanted` that the server's user owns. Below a closed folder (root's own home has mode 0700)
 * another user can't get at it: then the folder lies below /var/tmp, under a name made from `wanted`.
 */
export function ownedFolder(wanted: string, user: ServerUser | undefined): string {
  mkdirSync(dirname(wanted), { recursive: true })
  mkdirSync(wanted, { recursive: true, mode: 0o700 })
  if (!user) return wanted
  chownSync(wanted, user.uid, user.gid)
  if (canUse(user, wanted, 'w')) return wanted
  const substitute = join(sharedFolder(wanted), 'home')
  mkdirSync(substitute, { recursive: true, mode: 0o700 })
  chownSync(substitute, user.uid, user.gid)
  return substitute
}

/** Where the server's user finds `folder`: where it is, or a copy below /var/tmp if it can't be reached there. */
export function readableFolder(folder: string, version: string, user: ServerUser | undefined): string {
  if (canUse(user, folder, 'r')) return folder
  const copy = join(sharedFolder(`${folder} ${version}`), 'copy')
  if (existsSync(copy)) return copy
  const unfinished = `${copy}.${process.pid}`
  cpSync(folder, unfinished, { recursive: true, dereference: true })
  try {
    renameSync(unfinished, copy)
  } catch (error) {
    // Another start made the same copy meanwhile.
    rmSync(unfinished, { recursive: true, force: true })
    if (!existsSync(copy)) throw error
  }
  return copy
}

/** A folder of ours below /var/tmp. Anyone may write there, so one that is already there must be root's own. */
function sharedFolder(original: string): string {
  const name = createHash('sha256').update(original).digest('hex').slice(0, 16)
  const folder = `/var/tmp/lakebase-graphql-${name}`
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  const found = lstatSync(folder)
  if (!found.isDirectory() || found.uid !== 0) {
    throw new Error(`${folder} belongs to somebody else. Remove it, or start from another folder.`)
  }
  return folder
}
