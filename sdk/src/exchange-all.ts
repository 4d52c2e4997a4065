import { LakebaseError } from './errors.ts'
import { type Answer, answerOf, headersOf, parametersOf, parse, type Try, textOf } from './exchange.ts'

/**
 * Asks for several queries in one request.
 * @param all to the same address, as the same viewer, equally current. @returns their answers, in the same order
 * @throws as `exchange` does, for what befell the whole request
 */
export async function exchangeAll(all: readonly Try[]): Promise<readonly Answer[]> {
  const [first] = all
  if (!first) return []
  const { signal, release } = whenAllHaveAborted(all)
  try {
    const headers = { ...headersOf(first), 'content-type': 'application/json' }
    const body = JSON.stringify(all.map(parametersOf))
    const response = await first.fetch(first.address, { method: 'POST', headers, body, signal, redirect: 'manual' })
    const parsed = parse(await textOf(response, first.address), response)
    const position = response.headers.get('x-position')
    const answers = Array.isArray(parsed) ? parsed : all.map(() => parsed)
    const found = answers.map((each) => ({ ...answerOrError(each, response), position }))
    // One answer for all is what has kept them all from being answered.
    const isFit = found.length === all.length && (found.every(({ error }) => error) || Array.isArray(parsed))
    if (isFit) return found
    const message = `${all.length} queries went out together, and other than ${all.length} answers came. Leave out batch.`
    throw new LakebaseError('BAD_ANSWER', message, { status: response.status })
  } finally {
    release()
  }
}

/** What is wrong with one is that one's. */
function answerOrError(parsed: unknown, response: Response): Pick<Answer, 'data' | 'error'> {
  try {
    return answerOf(parsed, response)
  } catch (error) {
    if (error instanceof LakebaseError) return { data: undefined, error }
    throw error
  }
}

/** Some may still want what others no longer do. */
function whenAllHaveAborted(all: readonly Try[]): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController()
  const abort = (): void => {
    if (all.every(({ signal }) => signal.aborted)) controller.abort()
  }
  for (const { signal } of all) signal.addEventListener('abort', abort)
  const release = (): void => {
    for (const { signal } of all) signal.removeEventListener('abort', abort)
  }
  return { signal: controller.signal, release }
}
