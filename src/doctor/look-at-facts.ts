import type { Check } from '../kernel/check.ts'
import { messageOf } from '../kernel/errors.ts'
import type { Context } from './context.ts'
import { FACTS, NotHere } from './facts.ts'

/** What each question of docs/unconfirmed.md has for an answer here. */
export async function lookAtFacts(context: Context): Promise<Check[]> {
  const checks: Check[] = []
  for (const { id, question, look } of FACTS)
    checks.push({ what: `${id} ${question}`, ...(await answerTo(look, context)) })
  return checks
}

type Look = (context: Context) => Promise<string>

async function answerTo(look: Look | undefined, context: Context): Promise<Omit<Check, 'what'>> {
  if (!look)
    return { state: 'unknown', found: 'No program can ask that: docs/unconfirmed.md says how to try it by hand.' }
  try {
    return { state: 'note', found: await look(context) }
  } catch (error) {
    return {
      state: 'unknown',
      found: error instanceof NotHere ? error.message : `It can’t be asked now: ${messageOf(error)}`,
    }
  }
}
