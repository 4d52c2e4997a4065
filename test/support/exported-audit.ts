import type { Json } from './post.ts'
import { noteOutput } from './secrets.ts'
import type { TestApp } from './test-app.ts'

/** What `/api/audit` answers, and its lines. */
export async function exportedAudit(
  app: TestApp,
  persona: string,
  query = '',
): Promise<{ status: number; text: string; lines: Json[] }> {
  const answer = await fetch(`${app.url}/api/audit${query}`, { headers: { 'x-persona': persona } })
  const text = await answer.text()
  noteOutput(text)
  return {
    status: answer.status,
    text,
    lines: answer.ok
      ? text
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line))
      : [],
  }
}
