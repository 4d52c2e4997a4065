/** What V8 takes on a 64-bit machine, in bytes; `store.test.ts` compares with what the heap really holds. */
const [OBJECT, SLOT, TEXT] = [24, 8, 16]
/** Of an entry beside its key, value and tags: itself, its envelope, and its places in the tables of the store. */
const ENTRY = 300

/** Bytes of an entry. `value` is rows, or lists of them: objects of texts. */
export function sizeOfEntry(key: string, value: unknown, tags: readonly string[]): number {
  let bytes = ENTRY + sizeOf(key) + sizeOf(value)
  for (const tag of tags) bytes += SLOT + sizeOf(tag)
  return bytes
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return sizeOfText(value)
  if (typeof value !== 'object' || value === null) return 0
  const parts: unknown[] = Array.isArray(value) ? value : Object.values(value)
  let bytes = OBJECT + SLOT * (parts.length + 4)
  for (const part of parts) bytes += sizeOf(part)
  return bytes
}

/** One byte for each character, two if there is one beyond Latin-1. */
function sizeOfText(text: string): number {
  return TEXT + 8 * Math.ceil((text.length * (LATIN.test(text) ? 1 : 2)) / 8)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of Latin-1
const LATIN = /^[\u0000-\u00ff]*$/
