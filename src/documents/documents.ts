import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../kernel/errors.ts'
import { parseManifest } from './manifest.ts'

/** The documents that apps have registered: known by their ids, and trusted where nothing else is. */
export class Documents {
  readonly #texts: ReadonlyMap<string, string>
  readonly #all: ReadonlySet<string>

  /** @param texts by their ids */
  constructor(texts: ReadonlyMap<string, string>) {
    this.#texts = texts
    this.#all = new Set(texts.values())
  }

  textOf(id: string): string | undefined {
    return this.#texts.get(id)
  }

  /** Whether it is one of them, to the byte. */
  has(text: string): boolean {
    return this.#all.has(text)
  }
}

/**
 * Reads all manifests (`*.json`) in these folders.
 * @param problems gets a sentence for each file that can't be used
 */
export function readDocuments(folders: readonly string[], problems: string[]): Documents {
  const texts = new Map<string, string>()
  for (const file of folders.flatMap((folder) => manifestsIn(folder, problems))) {
    try {
      for (const [id, text] of Object.entries(parseManifest(readFileSync(file, 'utf8')).documents)) texts.set(id, text)
    } catch (error) {
      problems.push(`The manifest of documents ${file} ${messageOf(error)}`)
    }
  }
  return new Documents(texts)
}

function manifestsIn(folder: string, problems: string[]): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
    return names.sort().map((name) => join(folder, name))
  } catch (error) {
    problems.push(`The folder of documents ${folder} can’t be read: ${messageOf(error)}. Look at DOCUMENTS_FOLDER.`)
    return []
  }
}
