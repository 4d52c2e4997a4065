import type { LoadContext } from '../loaders/index.ts'

/** RFC 9211: where an operation's answer came from, in numbers of rows, lists and sums; and why what was read isn't kept. */
export function cacheStatus({ answer, pastCache }: LoadContext): string {
  const { hit, joined, fetched } = answer.from
  const counts = `hit=${hit} fetched=${fetched} joined=${joined}`
  const reasons = [...answer.unfit].slice(0, MAX_REASONS)
  const why = reasons.length === 0 ? '' : `; not stored: ${reasons.map(quotable).join(', ')}`
  const detail = `detail="${counts}${why}"${answer.synced && hit > 0 ? SYNCED : ''}`
  if (pastCache !== undefined) return `lakebase-graphql; fwd=bypass; ${detail}`
  if (fetched + joined === 0) return `lakebase-graphql; ${hit > 0 ? 'hit; ' : 'fwd=bypass; '}${detail}`
  const collapsed = fetched === 0 ? '; collapsed' : ''
  const stored = reasons.length === 0 && fetched > 0 ? '; stored' : ''
  return `lakebase-graphql; fwd=${hit > 0 ? 'partial' : 'miss'}${collapsed}${stored}; ${detail}`
}

/** From memory, rows of synced tables that were changed in place may be so old, in seconds. */
const SYNCED = '; bound=15'

const MAX_REASONS = 3

/** A header has ASCII only, and a quoted text no quotes. */
function quotable(reason: string): string {
  return reason.replaceAll('’', "'").replaceAll(/["\\]|[^\x20-\x7e]/g, '')
}
