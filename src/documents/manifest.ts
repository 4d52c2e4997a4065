import { createHash } from 'node:crypto'
import { z } from 'zod'

/** As long as an operation's text may be, in characters. */
const MAX_CHARACTERS = 32_768

/**
 * What stands for a document on the wire: the SHA-256 of its text in UTF-8, byte for byte as it is, nothing tidied first (GraphQL over HTTP,
 * appendix on persisted documents). Clients make it in the same way when they are built.
 */
export function documentIdOf(text: string): string {
  return `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`
}

/** The documents of one app, as `lakebase-documents` writes them. */
export interface Manifest {
  /** Whose they are. */
  readonly app: string
  /** Texts by their ids. */
  readonly documents: Readonly<Record<string, string>>
}

const Manifest = z.object({
  app: z.string().regex(/^[\w@./-]{1,100}$/, 'must be a name of 1 to 100 letters, digits and ._-@/.'),
  documents: z.record(
    z.string(),
    z.string().max(MAX_CHARACTERS, `has a text of more than ${MAX_CHARACTERS} characters.`),
  ),
})

/** Reads a manifest. @throws Error that says what is wrong with it */
export function parseManifest(json: string): Manifest {
  let parsed: unknown
  try {
    parsed = JSON.parse(json)
  } catch {
    throw new Error('is no JSON. Let lakebase-documents write it anew.')
  }
  const { data, error } = Manifest.safeParse(parsed)
  const [issue] = error?.issues ?? []
  if (issue)
    throw new Error(`is no manifest: ${issue.path.join('.')} ${issue.message} Let lakebase-documents write it anew.`)
  const wrong = Object.entries(data?.documents ?? {}).find(([id, text]) => documentIdOf(text) !== id)
  if (wrong) throw new Error(`has a text whose id is not ${wrong[0]}. Let lakebase-documents write it anew.`)
  return data ?? { app: '', documents: {} }
}
