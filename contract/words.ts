import type { Difference } from './compare.ts'
import type { Broken } from './registered.ts'

const HEADS = {
  breaking: 'Breaks operations that work today:',
  risky: 'Breaks none, but is answered with what apps may not expect:',
  added: 'New:',
} as const

/** Differences of one kind, in lines; empty if there are none. */
export function explain(differences: readonly Difference[], severity: Difference['severity']): string {
  const here = differences.filter((each) => each.severity === severity)
  if (here.length === 0) return ''
  const lines = here.map(({ what, advice }) => `  - ${what}${advice === undefined ? '' : `\n    ${advice}`}`)
  return `${HEADS[severity]}\n${lines.join('\n')}\n`
}

/** Operations of apps that a schema doesn't answer, in lines. */
export function explainBroken(broken: readonly Broken[]): string {
  if (broken.length === 0) return ''
  const lines = broken.map(({ app, operation, why }) => `  - app ${app}, operation ${operation}: ${why}`)
  return `This would break registered documents:\n${lines.join('\n')}\n    Keep what they ask for until their apps have registered others.\n`
}

/** What no longer compiles in apps, in lines. */
export function explainTypes(broken: readonly string[], version: string): string {
  if (broken.length === 0) return 'All that compiled with them still does.\n'
  const lines = broken.map((each) => `  - ${each.replaceAll('\n', '\n    ')}`)
  return `Breaks the types of apps that were written for version ${version} of the SDK:\n${lines.join('\n')}\n`
}
