import type { Variant } from './variant.ts'
import { BY_TEST } from './variants-by-test.ts'

/** The checker must fail on each of these. */
const BY_CHECKER: readonly Variant[] = [
  {
    name: 'fill-checked-by-tags',
    file: 'cache/read-through.ts',
    from: 'if (!coherence.holds(entry.moment, entry.tags)) return false',
    to: '',
  },
  {
    name: 'own-write-polled',
    file: 'http/operate.ts',
    from: 'if (!(await settled(loading, load))) loading.freshness.distrust()',
    to: '',
  },
  {
    name: 'snapshot-difference',
    file: 'db/change-log/poll-statement.ts',
    from: 'or xid = any (array(select pg_snapshot_xip($1::pg_snapshot)))',
    to: '',
  },
  {
    name: 'one-moment',
    file: 'loaders/one-moment.ts',
    from: 'if (signal.aborted || answer.parts <= 1) return result',
    to: 'if (answer) return result',
  },
  {
    name: 'poll-before-answer',
    file: 'loaders/one-moment.ts',
    from: 'const polled = !answer.hasRead || (await settled(loading, load))',
    to: 'const polled = true',
  },
  {
    name: 'old-values-count',
    file: 'cache/tags.ts',
    from: 'of rows ?? []) {',
    to: 'of rows?.slice(1) ?? []) {',
  },
  {
    name: 'empty-lists-have-tags',
    file: 'loaders/made-from.ts',
    from: 'return [wholeTag(table), ...values.map((value) => valueTag(table, name, value))]',
    to: 'return [wholeTag(table)]',
  },
  {
    name: 'absence-has-tags',
    file: 'loaders/made-from.ts',
    from: '[wholeTag(table), rowTag(table, narrow.id)]',
    to: '[wholeTag(table)]',
  },
  {
    name: 'policy-tables-count',
    file: 'loaders/made-from.ts',
    from: 'for (const policy of policies) tags.add(policy)',
    to: '',
  },
  {
    name: 'scope-is-the-viewer',
    file: 'identity/scope.ts',
    from: 'JSON.stringify([id, userName, password ? null : groups.toSorted()])',
    to: "JSON.stringify(['somebody', id === userName, password ? null : groups.length < 0])",
  },
  {
    name: 'position-asked-for',
    file: 'http/positions.ts',
    from: 'const wanted = header ?? furthest(fromCookies(request.headers))',
    to: 'const wanted = furthest(fromCookies(request.headers))',
  },
  {
    name: 'tags-before-position',
    file: 'cache/coherence.ts',
    from: 'this.#changedAt.set(tag, position)',
    to: 'this.#changedAt.set(tag, this.#moment.position)',
  },
  {
    name: 'answer-moment-before-read',
    file: 'http/graphql-route.ts',
    from: 'bytes: finished.plain.bytes, moment, tags })',
    to: 'bytes: finished.plain.bytes, moment: { ...moment, position: 2 ** 52 }, tags })',
  },
  {
    name: 'answer-has-all-tags',
    file: 'loaders/keeping.ts',
    from: 'tags: [...tags]',
    to: 'tags: [...tags].slice(1)',
  },
]

export const VARIANTS: readonly Variant[] = [...BY_CHECKER, ...BY_TEST]
