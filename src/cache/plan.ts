import type { Flight } from './flights.ts'
import type { Lookup } from './lookup.ts'

/** What is to be done about each place of a lookup that memory has no answer to. */
export interface Plan {
  /** When those were read that were read since the last poll began, and how many of them. */
  readonly unpolled: Map<number, number>
  readonly fresh: number[]
  /** A read of them runs that began too early. */
  readonly blocked: number[]
  readonly joined: Map<Flight, number[]>
}

/** How many values come from where. */
export function countsOf({ unpolled, fresh, blocked, joined }: Plan, all: number) {
  const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0)
  const own = fresh.length + blocked.length
  const withOthers = sum([...joined.values()].map((places) => places.length)) + sum(unpolled.values())
  return { own, joined: withOthers, hits: all - own - withOthers }
}

/** The same for some of what is wanted. */
export function select(lookup: Lookup, places: readonly number[]): Lookup {
  return {
    ...lookup,
    wanted: places.flatMap((place) => lookup.wanted[place] ?? []),
    fetch: (some, signal) =>
      lookup.fetch(
        some.map((index) => places[index] ?? 0),
        signal,
      ),
    // Who asks has been told how many they are, but not of these pieces.
    heard: (source, _count, pieces) => lookup.heard(source, 0, pieces),
  }
}
