import { Keyv } from 'keyv'
import { EVERYONE } from '../identity/index.ts'
import { type Flight, Flights } from './flights.ts'
import type { Cache, CacheOptions, Lookup } from './lookup.ts'
import { countsOf, type Plan, select } from './plan.ts'
import { sizeOfEntry } from './size.ts'
import { AFTER_SCOPE, type Entry, LruStore } from './store.ts'

/** Of the budget: one entry, and one viewer. */
const [ENTRY_SHARE, VIEWER_SHARE] = [0.05, 0.125]
const LIFE_MS = 3_600_000
/** Once more where a read has failed that was another request's: its token, say, may have been the reason. */
const MAX_TRIES = 2

/** A lookup with its keys in the store. */
interface Asked extends Lookup {
  readonly keys: readonly string[]
}

/** When something was read. */
type Read = Pick<Entry, 'moment' | 'readAt'>

/** Serves what holds, joins who reads the same, reads the rest, and keeps what it has read. */
export class ReadThrough implements Cache {
  readonly #options: CacheOptions
  readonly #store: LruStore
  readonly #tier: Keyv<Entry>
  readonly #flights = new Flights()

  constructor(options: CacheOptions) {
    const { bytes, heard } = options
    this.#options = options
    this.#store = new LruStore({
      bytes,
      bytesOf: (scope) => (scope === EVERYONE ? bytes : Math.ceil(bytes * VIEWER_SHARE)),
      lifeMs: () => LIFE_MS,
      onEvicted: () => heard('evicted'),
    })
    // What is kept is handed out as it is, so nothing is serialized.
    this.#tier = new Keyv<Entry>({ store: this.#store, useKeyPrefix: false })
    this.#tier.serialize = undefined
    this.#tier.deserialize = undefined
  }

  read(lookup: Lookup): Promise<readonly unknown[]> {
    return this.#read(lookup, 1)
  }

  size(): ReturnType<Cache['size']> {
    return this.#store.size
  }

  clear(): void {
    void this.#store.clear()
  }

  async #read(lookup: Lookup, tries: number): Promise<readonly unknown[]> {
    const { scope, wanted, heard } = lookup
    const keys = wanted.map(({ key }) => `${scope}${AFTER_SCOPE}${key}`)
    const asked: Asked = { ...lookup, keys }
    const entries = await this.#tier.getMany<Entry>([...keys])
    // From here until every read is begun nothing waits: what holds now holds for all of them at once.
    const values = new Array<unknown>(wanted.length)
    const plan = this.#plan(asked, entries, values)
    const own = this.#begin(asked, plan)
    const joining = [...plan.joined].map(([flight, places]) => this.#join(asked, flight, { places, values, tries }))
    const count = countsOf(plan, wanted.length)
    if (count.hits > 0) heard('hit', count.hits, 1)
    await Promise.all([...joining, ...own.map(([flight, places]) => this.#land(asked, flight, { places, values }))])
    if (count.own > 0) heard('fetched', count.own, own.length)
    if (count.joined > 0) heard('joined', count.joined, plan.joined.size + plan.unpolled.size)
    return values
  }

  /** Puts in place what memory has. */
  #plan({ wanted, keys }: Asked, entries: readonly (Entry | undefined)[], values: unknown[]): Plan {
    const { coherence, hasPolledSince } = this.#options.freshness
    const live = this.#options.freshness.isLive()
    const plan: Plan = { unpolled: new Map(), fresh: [], blocked: [], joined: new Map() }
    for (const [place, { tags }] of wanted.entries()) {
      const [entry, key] = [entries[place], keys[place] ?? '']
      if (live && entry && this.#holds(entry)) {
        values[place] = entry.value
        // It may have seen what the feed hasn't: then it is as if it had only just been read.
        if (!hasPolledSince(entry.readAt)) plan.unpolled.set(entry.readAt, 1 + (plan.unpolled.get(entry.readAt) ?? 0))
        continue
      }
      const flight = this.#flights.joinable(key, (since) => live && coherence.holds(since, tags))
      if (flight) plan.joined.set(flight, [...(plan.joined.get(flight) ?? []), place])
      else (this.#flights.running(key) ? plan.blocked : plan.fresh).push(place)
    }
    return plan
  }

  #holds(entry: Entry): boolean {
    const { coherence, isHeld } = this.#options.freshness
    if (isHeld(entry.tags)) return false
    if (entry.checked === coherence.changes) return true
    if (!coherence.holds(entry.moment, entry.tags)) return false
    entry.checked = coherence.changes
    return true
  }

  #begin(asked: Asked, { fresh, blocked }: Plan): (readonly [Flight, readonly number[]])[] {
    const after = new Set(blocked.flatMap((place) => this.#flights.running(asked.keys[place] ?? '') ?? []))
    const begin = (places: readonly number[], flights: readonly Flight[]) =>
      places.length === 0 ? [] : [[this.#fly(asked, places, flights), places] as const]
    return [...begin(fresh, []), ...begin(blocked, [...after])]
  }

  #fly(asked: Asked, places: readonly number[], after: readonly Flight[]): Flight {
    const { coherence } = this.#options.freshness
    return this.#flights.begin(
      places.map((place) => asked.keys[place] ?? ''),
      {
        after,
        now: () => coherence.moment,
        read: async (moment, signal) => {
          const { values, unfit } = await asked.fetch(places, signal)
          const readAt = performance.now()
          const found = new Map(places.map((place, index) => [asked.keys[place] ?? '', values[index]]))
          if (unfit !== undefined) this.#options.heard('unfit')
          else
            await Promise.all(places.map((place, index) => this.#keep(asked, place, values[index], { moment, readAt })))
          return found
        },
      },
    )
  }

  /** Whether it still holds is asked whenever it is served, so it doesn't matter what happens until it is stored. */
  async #keep(
    { keys, wanted, group, generation, unkept }: Asked,
    place: number,
    value: unknown,
    { moment, readAt }: Read,
  ): Promise<void> {
    const { bytes, heard, freshness } = this.#options
    const [key, tags] = [keys[place] ?? '', wanted[place]?.tags ?? []]
    const size = sizeOfEntry(key, value, tags)
    if (size > bytes * ENTRY_SHARE) {
      unkept('too large')
      return heard('tooLarge')
    }
    if (moment.generation !== generation || !freshness.coherence.holds(moment, tags)) {
      unkept('changed while it was read')
      return heard('overtaken')
    }
    await this.#tier.set(key, { value, group, bytes: size, moment, readAt, tags, checked: -1 })
    heard('stored')
  }

  async #land(
    { keys, signal }: Asked,
    flight: Flight,
    { places, values }: { readonly places: readonly number[]; readonly values: unknown[] },
  ): Promise<void> {
    const found = await this.#flights.wait(flight, signal)
    for (const place of places) values[place] = found.get(keys[place] ?? '')
  }

  async #join(
    asked: Asked,
    flight: Flight,
    into: { readonly places: readonly number[]; readonly values: unknown[]; readonly tries: number },
  ): Promise<void> {
    try {
      await this.#land(asked, flight, into)
    } catch (error) {
      if (asked.signal.aborted || into.tries === MAX_TRIES) throw error
      const again = await this.#read(select(asked, into.places), into.tries + 1)
      for (const [index, place] of into.places.entries()) into.values[place] = again[index]
    }
  }
}
