import { type FSWatcher, readdirSync, watch } from 'node:fs'
import { join } from 'node:path'

/** Editors write a file in several steps. */
const SETTLE_MS = 100

/**
 * Calls `onChange` when a file below `folder` is written, made, renamed or removed; once for changes that come together.
 * Folders are watched, not files: Node's own recursive watch loses a file that is saved by renaming another one over it.
 */
export function watchFolder(folder: string, onChange: () => void): () => void {
  let watchers: FSWatcher[] = []
  let timer: NodeJS.Timeout | undefined
  const close = (): void => {
    for (const watcher of watchers) watcher.close()
    watchers = []
  }
  const open = (): void => {
    close()
    const inner = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isDirectory())
    const folders = [folder, ...inner.map((entry) => join(entry.parentPath, entry.name))]
    watchers = folders.map((each) => watch(each, changed))
  }
  const changed = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      open() // there may be new folders
      onChange()
    }, SETTLE_MS)
  }
  open()
  return () => {
    clearTimeout(timer)
    close()
  }
}
