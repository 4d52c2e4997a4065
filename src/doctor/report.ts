import type { Check } from '../kernel/check.ts'

/** What was looked at, by the part it belongs to. */
export type Report = ReadonlyMap<string, readonly Check[]>

const MARK: Readonly<Record<Check['state'], string>> = { ok: 'ok   ', note: 'note ', wrong: 'WRONG', unknown: '?    ' }

/** The report for a person to read; how to mend a thing stands below it, ready to be copied. */
export function printReport(report: Report): string {
  const parts = [...report].map(([part, checks]) => [`== ${part}`, ...linesOfPart(part, checks)].join('\n'))
  const all = [...report.values()].flat()
  const count = (state: Check['state']): number => all.filter((check) => check.state === state).length
  const sum = `${count('ok')} ok, ${count('note')} to note, ${count('wrong')} wrong, ${count('unknown')} not looked at`
  return `${[...parts, sum].join('\n\n')}\n`
}

/** Questions that can't be answered here are one line: there are many of them everywhere but in a workspace. */
function linesOfPart(part: string, checks: readonly Check[]): string[] {
  if (part !== 'unconfirmed') return checks.flatMap(linesOf)
  const open = checks.filter(({ state }) => state === 'unknown')
  const ids = open.map(({ what }) => what.split(' ')[0]).join(', ')
  const rest =
    open.length > 0
      ? [`${MARK.unknown} ${ids}: they can’t be asked here; --json says why, docs/unconfirmed.md what to do.`]
      : []
  return [...checks.filter((check) => !open.includes(check)).flatMap(linesOf), ...rest]
}

function linesOf({ what, state, found, mend }: Check): string[] {
  const lines = [`${MARK[state]} ${what}: ${found}`]
  if (mend !== undefined && mend !== '') lines.push(...mend.split('\n').map((line) => `        ${line}`))
  return lines
}

export function hasWrong(report: Report): boolean {
  return [...report.values()].flat().some(({ state }) => state === 'wrong')
}
