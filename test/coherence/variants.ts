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
  {
    name: 'own-write-polled',
    file: 'http/operate.ts',
    from: 'if (!(await settled(loading, load))) loading.freshness.distrust()',
    to: '',
  },
  {
    name: 'poll-after-commit',
    file: 'kernel/shared.ts',
    from: 'next = running.then(start, start)\n    return next',
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
    from: '[wholeTag(table), rowTag(table, narrow.id)]',
    to: '[wholeTag(table)]',
  },
  {
    name: 'filled-then-polled',
    file: 'cache/read-through.ts',
    from: 'if (!hasPolledSince(entry.readAt)) plan',
    to: 'if (hasPolledSince(Number.POSITIVE_INFINITY)) plan',
    caughtBy: 'test/coherence/model.test.ts',
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
    caughtBy: 'test/coherence/model.test.ts',
  },
  {
    name: 'position-asked-for',
    file: 'http/positions.ts',
    from: 'const wanted = header ?? furthest(fromCookies(request))',
    to: 'const wanted = furthest(fromCookies(request))',
  },
  {
    name: 'epoch-of-positions',
    file: 'http/positions.ts',
    from: 'if (reached(feed, wanted)) return undefined',
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
    to: 'return this.ageMs() < Number.POSITIVE_INFINITY',
    caughtBy: 'test/coherence/faults.test.ts',
  },
  {
    name: 'authorization-counts',
    file: 'db/change-log/poll-statement.ts',
    from: '(AUTHORIZATION) as authorization',
    to: "'the same' as authorization",
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
  {
    name: 'tags-of-their-moment',
    file: 'cache/read-through.ts',
    from: 'moment.generation !== generation || ',
    to: '',
    caughtBy: 'test/coherence/made-from.test.ts',
  },
  {
    name: 'proof-of-what-is-there',
    file: 'changes/proof.ts',
    from: 'this.#proven = undefined\n    this.#looked',
    to: 'this.#looked',
    caughtBy: 'test/coherence/made-from.test.ts',
  },
  {
    name: 'acknowledged-then-polled',
    file: 'http/operate.ts',
    from: 'if (!(await settled(loading, load))) loading.freshness.distrust()',
    to: 'await settled(loading, load)',
    caughtBy: 'test/coherence/made-from.test.ts',
  },
  {
    name: 'one-moment-of-a-batch',
    file: 'loaders/answer.ts',
    from: 'this.#parts += pieces',
    to: 'this.#parts += Math.min(pieces, 1)',
    caughtBy: 'test/coherence/model.test.ts',
  },
  {
    name: 'one-snapshot-without-polls',
    file: 'loaders/one-moment.ts',
    from: 'if (!polled || answer.untracked) break',
    to: 'if (!polled || answer.untracked) return result',
    caughtBy: 'test/coherence/one-moment.test.ts',
  },
  {
    name: 'held-while-written',
    file: 'changes/held-tables.ts',
    from: 'if (writing) this.#until.set',
    to: 'if (writing && now < 0) this.#until.set',
    caughtBy: 'test/coherence/one-moment.test.ts',
  },
]
