import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Running } from './process.ts'
import type { BareAnswers } from './subjects/bare.ts'
import type { Subject } from './subjects.ts'
import { normalised, WORKLOADS, type Workload } from './workloads.ts'

/** So many of a workload's requests are compared. */
const COMPARED = 25
/** Headers that `node:http` writes by itself. */
export const OWN_HEADERS = ['connection', 'keep-alive', 'date', 'content-length', 'transfer-encoding']

type Headers = Readonly<Record<string, string>>

/** The bodies of a workload's requests to a subject; undefined where it can't do this. */
export function bodiesOf(subject: Subject, workload: Workload): string[] | undefined {
  const query = subject.query(workload)
  return query === undefined ? undefined : workload.variables.map((variables) => JSON.stringify({ query, variables }))
}

async function ask({ origin, subject }: Running, workload: Workload, headers: Headers, body: string) {
  const answer = await fetch(`${origin}${subject.path(workload)}`, { method: 'POST', headers: { ...headers }, body })
  return { headers: Object.fromEntries(answer.headers), text: await answer.text() }
}

/** Writes our answers to files that the bare servers answer from, with our headers and with none. */
export async function recordAnswers(ours: Running, headers: Headers, folder: string): Promise<void> {
  const bodies: Record<string, string> = {}
  let sent: Headers = {}
  for (const workload of WORKLOADS) {
    const [body = ''] = bodiesOf(ours.subject, workload) ?? []
    const answer = await ask(ours, workload, headers, body)
    bodies[`/${workload.name}`] = answer.text
    sent = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !OWN_HEADERS.includes(name)))
  }
  const write = (name: string, answers: BareAnswers): void => writeFileSync(join(folder, name), JSON.stringify(answers))
  write('ours.json', { headers: sent, bodies })
  write('none.json', { headers: {}, bodies })
}

/** @throws if a subject answers differently than the hand-written one: it would be measured at something else. */
export async function compareAnswers(all: readonly Running[], headers: Headers): Promise<void> {
  const reference = all.find(({ subject }) => subject.kind === 'hand-written')
  if (!reference) return
  for (const workload of WORKLOADS) {
    for (const running of all) {
      const bodies = running.subject.kind === 'bare' ? undefined : bodiesOf(running.subject, workload)
      for (const [index, body] of (bodies ?? []).slice(0, COMPARED).entries()) {
        const expected = await ask(reference, workload, headers, bodiesOf(reference.subject, workload)?.[index] ?? '')
        // Twice: the second time from memory, where there is one.
        for (const time of [1, 2]) {
          const { text } = await ask(running, workload, headers, body)
          if (isDeepStrictEqual(normalised(text), normalised(expected.text))) continue
          const [got, wanted] = [text, expected.text].map((each) => each.slice(0, 600))
          throw new Error(
            `${running.subject.name} answers ${workload.name} wrong, time ${time}:\n${got}\nexpected:\n${wanted}`,
          )
        }
      }
    }
  }
}
