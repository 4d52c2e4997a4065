/** What a read shows of one thing that is written again and again: which of its versions it may have been. */
export interface Seen {
  readonly register: string
  readonly versions: readonly number[]
}

/**
 * Somebody who reads, and expects to see what they have written and what they have seen before: by carrying positions from
 * instance to instance, or by staying on one.
 */
export class Session {
  readonly name: string
  /** What the last answer gave. */
  position: string | undefined
  readonly #atLeast = new Map<string, number>()

  constructor(name: string) {
    this.name = name
  }

  atLeast(register: string): number {
    return this.#atLeast.get(register) ?? 0
  }

  knows(register: string, version: number): void {
    if (version > this.atLeast(register)) this.#atLeast.set(register, version)
  }
}

interface Register {
  /** The newest version whose write has begun. */
  begun: number
  /** The newest acknowledged one, by the instance that has acknowledged it. */
  readonly acknowledged: Map<string, number>
  /** When each version was acknowledged, whoever did it. */
  readonly at: Map<number, number>
}

/** Of one register, so many are remembered with their times. */
const MAX_VERSIONS = 200

export interface Reading {
  readonly session: Session
  readonly instance: string
  /** `performance.now()` when it was begun. */
  readonly invoked: number
  /** What it must show at least, by register; as it was when it was begun. */
  readonly must: ReadonlyMap<string, number>
}

/** Ways in which an answer can be wrong, by the names of the guarantees. */
export type Violation = 'stale' | 'backwards' | 'ghost' | 'fractured' | 'stuck'

/**
 * Everything that was written and read, on one clock. A read is wrong if it misses what was acknowledged before it was begun, as
 * far as it was promised; reads and writes that overlap are never counted.
 */
export class History {
  readonly violations: { readonly kind: Violation; readonly what: string }[] = []
  /** How old what was read was: since the oldest acknowledged version that it missed; 0 for most. In ms. */
  readonly ages: number[] = []
  writes = 0
  reads = 0
  /** Reads that were answered without Postgres. */
  hits = 0
  readonly #registers = new Map<string, Register>()

  begin(register: string, version: number): void {
    const known = this.#registers.get(register)
    if (!known) this.#registers.set(register, { begun: version, acknowledged: new Map(), at: new Map() })
    else known.begun = Math.max(known.begun, version)
  }

  newest(register: string): number {
    return this.#registers.get(register)?.begun ?? 0
  }

  acknowledge(register: string, version: number, by: string): void {
    const known = this.#registers.get(register)
    if (!known) throw new Error(`${register} was acknowledged before it was begun`)
    this.writes++
    known.acknowledged.set(by, Math.max(known.acknowledged.get(by) ?? 0, version))
    if (!known.at.has(version)) known.at.set(version, performance.now())
    const [first] = known.at.keys()
    if (known.at.size > MAX_VERSIONS && first !== undefined) known.at.delete(first)
  }

  forget(register: string): void {
    this.#registers.delete(register)
  }

  knows(register: string): boolean {
    return this.#registers.has(register)
  }

  /** A read begins. */
  invoke(session: Session, instance: string): Reading {
    const must = new Map<string, number>()
    for (const [name, { acknowledged }] of this.#registers) {
      // What an instance has acknowledged, all who come to it later see.
      must.set(name, Math.max(acknowledged.get(instance) ?? 0, session.atLeast(name)))
    }
    return { session, instance, invoked: performance.now(), must }
  }

  /** A read has been answered. `kept`: the session can ask for as much again. */
  answer({ session, instance, invoked, must }: Reading, seen: readonly Seen[], kept: boolean): void {
    this.reads++
    for (const { register, versions } of seen) {
      const known = this.#registers.get(register)
      const least = must.get(register)
      if (!known || least === undefined) continue
      const possible = versions.filter((version) => version <= known.begun)
      const newest = Math.max(...possible)
      const what = `${session.name} on ${instance}: ${register} is ${versions.join(' or ')}, at least ${least} of ${known.begun}`
      if (possible.length === 0) this.violations.push({ kind: 'ghost', what })
      else if (newest < least)
        this.violations.push({ kind: session.atLeast(register) >= least ? 'backwards' : 'stale', what })
      else if (kept) session.knows(register, Math.min(...possible.filter((version) => version >= least)))
      this.ages.push(ageOf(known, newest, invoked))
    }
  }

  wrong(kind: Violation, what: string): void {
    this.violations.push({ kind, what })
  }

  percentile(part: number): number {
    const sorted = this.ages.toSorted((a, b) => a - b)
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
  }
}

/** How long the first newer version had been acknowledged when the read was begun. */
function ageOf({ at }: Register, version: number, invoked: number): number {
  let oldest = invoked
  for (const [newer, when] of at) if (newer > version && when < oldest) oldest = when
  return invoked - oldest
}
