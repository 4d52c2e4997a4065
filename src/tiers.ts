import { createHash } from 'node:crypto'
import { ANSWERS, type Cache, Coherence, createCache, Responses } from './cache/index.ts'
import { Feed, formatPosition } from './changes/index.ts'
import type { Config } from './config/index.ts'
import type { Database } from './db/index.ts'
import type { Observe } from './kernel/observe.ts'
import { type CacheReport, createLoading, type Loading, Tally } from './loaders/index.ts'

/** What is kept in memory, the feed of changes that says whether it holds, and what is to be said of both. */
export interface Tiers<Answer> {
  readonly feed: Feed
  readonly loading: Loading
  /** Finished answers, in front of all else. */
  readonly responses: Responses<Answer>
  readonly report: () => CacheReport
}

export interface TiersOptions {
  readonly db: Database
  readonly observe: Observe
  /** How many finished answers have been sent since the start, whole or as a 304. */
  readonly hits: { readonly sent: number; readonly notModified: number }
}

/** Of the budget, what finished answers may take; rows, lists and sums have the rest. */
const ANSWERS_SHARE = 0.5

export function createTiers<Answer>(
  { cacheBytes, feed: settings }: Config,
  { db, observe, hits }: TiersOptions,
): Tiers<Answer> {
  const tally = new Tally()
  const feed = new Feed({
    db,
    coherence: new Coherence(),
    settings,
    observe,
    onForget(cause) {
      tally.forgot(cause)
      cache.clear()
      responses.clear()
    },
  })
  const heard = (event: keyof Tally['events']): void => {
    tally.events[event]++
  }
  const forAnswers = Math.floor(cacheBytes * ANSWERS_SHARE)
  const cache = createCache({ bytes: cacheBytes - forAnswers, freshness: feed, heard })
  const responses = new Responses<Answer>({ bytes: forAnswers, freshness: feed, onEvicted: () => heard('evicted') })
  const report = (): CacheReport =>
    reportOf({ feed, cache, responses, tally, sent: hits.sent + hits.notModified, maxBytes: cacheBytes })
  return { feed, responses, loading: createLoading({ db, cache, freshness: feed, tally, report }), report }
}

interface Parts {
  readonly feed: Feed
  readonly cache: Pick<Cache, 'size'>
  readonly responses: Pick<Responses<unknown>, 'size' | 'made'>
  readonly tally: Tally
  readonly sent: number
  readonly maxBytes: number
}

function reportOf({ feed, cache, responses, tally, sent, maxBytes }: Parts): CacheReport {
  const [rows, answers] = [cache.size(), responses.size]
  const groups = new Map([...rows.groups, ...answers.groups])
  const [bytes, entries] = [rows.bytes + answers.bytes, rows.entries + answers.entries]
  const scopes = Math.max(rows.scopes, answers.scopes)
  const position = feed.position()
  const age = feed.ageMs()
  const sources = new Map([...tally.sources, [ANSWERS, { hit: sent, joined: 0, fetched: responses.made }] as const])
  const tables = [...new Set([...groups.keys(), ...sources.keys()])].map((table) => {
    const { hit: hits = 0, joined = 0, fetched = 0 } = sources.get(table) ?? {}
    return { table, bytes: 0, entries: 0, ...groups.get(table), hits, joined, fetched }
  })
  const now = performance.now()
  const changes = feed.heard().toReversed()
  return {
    live: maxBytes > 0 && feed.isLive(),
    ageMs: Number.isFinite(age) ? age : null,
    position: position ? formatPosition(position) : null,
    ...{ bytes, maxBytes, entries, scopes, tables },
    changes: changes.map(({ table, at, tags, lagMs }) => ({
      ...{ table, lagMs, ageMs: now - at, tagCount: tags.length },
      tags: tags.slice(0, MAX_TAGS).map(hashOf),
    })),
    forgets: [...tally.forgets].map(([cause, count]) => ({ cause, count })),
  }
}

const MAX_TAGS = 10

/** A tag has keys and values in it, which are somebody's. */
function hashOf(tag: string): string {
  return createHash('sha256').update(tag).digest('hex').slice(0, 12)
}
