/** A deliberate mistake: a small patch of `src/`, called by the invariant of `docs/coherence.md` that it breaks. */
export interface Variant {
  readonly name: string
  readonly file: string
  readonly from: string
  readonly to: string
  /** Tests that must fail with it; by default the checker. */
  readonly caughtBy?: string
}

/** The checker must fail on each of them. */
export const VARIANTS: readonly Variant[] = [
  {
    name: 'position-before-read',
    file: 'cache/read-through.ts',
    from: 'const readAt = performance.now()',
    to: 'const readAt = performance.now()\n          moment = coherence.moment',
  },
  {
    name: 'fill-checked-by-tags',
    file: 'cache/read-through.ts',
    from: 'if (!coherence.holds(entry.moment, entry.tags)) return false',
    to: '',
  },
  {
    name: 'no-late-join',
    file: 'cache/read-through.ts',
    from: '(since) => live && coherence.holds(since, tags)',
    to: '() => tags.length > 0',
    caughtBy: 'test/coherence/model.test.ts',
  },
  { name: 'own-write-polled', file: 'http/operate.ts', from: 'await settled(loading, load)', to: '' },
  {
    name: 'poll-after-commit',
    file: 'kernel/shared.ts',
    from: 'next ??= running.then(start, start)\n    return next',
    to: 'return running',
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
    from: '(values[column] ?? []).map(',
    to: '(values[column] ?? []).slice(1).map(',
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
    from: 'return [wholeTag(table), rowTag(table, narrow.id)]',
    to: 'return [wholeTag(table)]',
  },
  {
    name: 'filled-then-polled',
    file: 'cache/read-through.ts',
    from: 'if (!hasPolledSince(entry.readAt)) plan.unpolled++',
    to: 'plan.unpolled += hasPolledSince(entry.readAt) ? 0 : 0',
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
    name: 'never-backwards',
    file: 'loaders/one-moment.ts',
    from: 'const polled = !answer.hasRead || (await settled(loading, load))',
    to: 'const polled = !answer.hasRead || answer.parts <= 1 || (await settled(loading, load))',
  },
  {
    name: 'position-asked-for',
    file: 'http/positions.ts',
    from: 'const wanted = header ?? fromCookie(request)',
    to: 'const wanted = fromCookie(request)',
  },
  {
    name: 'epoch-of-positions',
    file: 'http/positions.ts',
    from: 'if (signal.aborted || !feed.isLive() || reached(feed, wanted)) return undefined',
    to: 'if (feed) return undefined',
    caughtBy: 'test/coherence/promises.test.ts',
  },
  {
    name: 'mutations-read-past',
    file: 'http/operate.ts',
    from: "load.passCache('a mutation reads past the cache')",
    to: '',
    caughtBy: 'test/coherence/promises.test.ts',
  },
  {
    name: 'tags-before-position',
    file: 'cache/coherence.ts',
    from: 'this.#changedAt.set(tag, position)',
    to: 'this.#changedAt.set(tag, this.#moment.position)',
  },
  {
    name: 'live-or-not-served',
    file: 'changes/feed.ts',
    from: 'return this.ageMs() < this.#options.settings.liveMs',
    to: 'return this.ageMs() < Number.POSITIVE_INFINITY || this.#polledAt > 0',
    caughtBy: 'test/coherence/faults.test.ts',
  },
  {
    name: 'authorization-counts',
    file: 'changes/follower.ts',
    from: "return poll.authorization === last.authorization ? undefined : 'authorization'",
    to: 'return undefined',
    caughtBy: 'test/coherence/faults.test.ts',
  },
  {
    name: 'epoch-counts',
    file: 'changes/follower.ts',
    from: "if (poll.started !== last.started) return 'restart'",
    to: '',
    caughtBy: 'test/coherence/servers.test.ts',
  },
  {
    name: 'floor-counts',
    file: 'cache/coherence.ts',
    from: "if (reason === 'evict') this.#floor = Math.max(this.#floor, position)",
    to: "if (reason === 'evict') this.#floor = Math.max(this.#floor, 0)",
    caughtBy: 'test/coherence/model.test.ts',
  },
  {
    name: 'whole-table-counts',
    file: 'cache/tags.ts',
    from: 'return [table, wholeTag(table)]',
    to: 'return [table]',
    caughtBy: 'test/coherence/promises.test.ts',
  },
]
