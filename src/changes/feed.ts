import { setTimeout as sleep } from 'node:timers/promises'
import type { Coherence, Freshness } from '../cache/index.ts'
import { type ChangeSource, type Poll, reasonOf } from '../db/index.ts'
import { shared } from '../kernel/shared.ts'
import { Follower, type Heard } from './follower.ts'
import { HeldTables } from './held-tables.ts'
import type { FeedOptions } from './options.ts'
import { type Position, shortEpoch } from './position.ts'
import { Proof } from './proof.ts'
import { Schedule } from './schedule.ts'

/** The longest that somebody waits for a poll, and for a feed that wakes up, in ms. */
const [CATCH_UP_MS, WAKE_MS] = [1_500, 500]
const [FIRST_RETRY_MS, LONGEST_RETRY_MS] = [20, 500]

/** Follows what Postgres commits, as long as somebody reads. */
export class Feed implements Freshness {
  readonly coherence: Coherence
  readonly #options: FeedOptions
  readonly #follower: Follower
  readonly #proof: Proof
  readonly #schedule: Schedule
  readonly #stopping = new AbortController()
  readonly #held: HeldTables
  #source: ChangeSource | undefined
  /** Why the session is of no more use, and why the last one was. */
  #brokenBy: unknown
  #failed: unknown
  #following: Promise<void> | undefined
  /** Resolves with the next poll that has worked. */
  #next = Promise.withResolvers<void>()
  /** When the last poll that has been answered was sent, and the last that says all is well. */
  #polledAt = Number.NEGATIVE_INFINITY
  #confirmedAt = Number.NEGATIVE_INFINITY
  #readAt = Number.NEGATIVE_INFINITY

  constructor(options: FeedOptions) {
    this.#options = options
    this.coherence = options.coherence
    this.#schedule = new Schedule(options.settings.pollMs)
    this.#held = new HeldTables(options.settings.heldMs)
    this.#proof = new Proof(options.db.prove)
    this.#follower = new Follower(options.coherence, (cause) => {
      options.observe({ event: 'feed.forgot', cause })
      options.onForget(cause)
    })
  }

  isLive(): boolean {
    return this.ageMs() < this.#options.settings.liveMs
  }

  /** Since the last poll that has worked was sent, in ms. */
  ageMs(): number {
    return performance.now() - this.#confirmedAt
  }

  /** Where the feed is; undefined before its first poll. */
  position(): Position | undefined {
    const { last } = this.#follower
    return last && { epoch: shortEpoch(last.epoch), count: last.position }
  }

  heard(): readonly Heard[] {
    return this.#follower.heard
  }

  isHeld = (tags: Iterable<string>): boolean => this.#held.has(tags)

  hasPolledSince = (moment: number): boolean => this.#polledAt > moment

  async wake(): Promise<void> {
    const asleep = this.#touch()
    if (asleep) await Promise.race([this.#next.promise, sleep(WAKE_MS, undefined, { ref: false })])
  }

  async catchUp(): Promise<void> {
    this.#touch()
    try {
      // Whatever poll comes while there is no session begins later than this.
      await (this.#source ? this.#poll() : this.#nextPoll())
    } catch (error) {
      this.#confirmedAt = Number.NEGATIVE_INFINITY
      throw error
    }
  }

  async #nextPoll(): Promise<void> {
    // Nobody waits for what has only just failed.
    if (this.#failed) throw this.#failed
    const ended = new AbortController()
    const late = sleep(CATCH_UP_MS, undefined, { ref: false, signal: ended.signal }).then(() => {
      throw new Error(`no poll has been answered within ${CATCH_UP_MS} ms`)
    })
    await Promise.race([this.#next.promise, late]).finally(() => ended.abort())
  }

  /** Ends the session. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the app is stopping'))
    this.#schedule.stop()
    await this.#following
  }

  /** Notes that somebody reads. @returns whether nobody has for a while */
  #touch(): boolean {
    this.#readAt = performance.now()
    if (this.#following || this.#stopping.signal.aborted) return false
    this.#following = this.#follow().finally(() => {
      this.#following = undefined
      // Somebody may have come while it ended.
      if (this.#isWanted()) this.#touch()
    })
    return true
  }

  #isWanted(): boolean {
    return !this.#stopping.signal.aborted && performance.now() - this.#readAt < this.#options.settings.idleMs
  }

  async #follow(): Promise<void> {
    const { db, observe } = this.#options
    const { signal } = this.#stopping
    const onWake = (): void => this.#schedule.wake()
    for (let pause = FIRST_RETRY_MS; this.#isWanted(); pause = Math.min(pause * 2, LONGEST_RETRY_MS)) {
      try {
        await db.openChanges((source) => this.#read(source), { signal, onWake })
        pause = FIRST_RETRY_MS
      } catch (error) {
        if (signal.aborted) return
        this.#failed = error
        observe({ event: 'feed.lost', reason: reasonOf(error) })
        await sleep(pause, undefined, { ref: false })
      }
    }
  }

  /** Polls until nobody reads any more. @throws when the session is of no more use */
  async #read(source: ChangeSource): Promise<void> {
    this.#brokenBy = undefined
    this.#source = source
    void source.lost.then(() => this.#breakOff(new Error('the connection has gone')))
    try {
      while (this.#isWanted()) {
        await this.#poll()
        if (!this.#brokenBy) await this.#schedule.due()
        if (this.#brokenBy) throw this.#brokenBy
      }
    } finally {
      this.#source = undefined
    }
  }

  /** What is known to be broken isn't waited for to be too old. */
  #breakOff(error: unknown): void {
    this.#confirmedAt = Number.NEGATIVE_INFINITY
    this.#brokenBy = error
    this.#schedule.stop()
  }

  readonly #poll = shared(() => this.#pollOnce())

  async #pollOnce(): Promise<void> {
    const source = this.#source
    if (!source) throw new Error('changes can’t be read just now')
    const sentAt = performance.now()
    this.#schedule.begun()
    const { last } = this.#follower
    try {
      const poll = await source.poll(last?.snapshot)
      this.#failed = undefined
      const changed = this.#follower.apply(poll)
      this.#held.note(poll)
      this.#polledAt = sentAt
      if (last && poll.epoch === last.epoch && poll.position < last.position) await source.renewEpoch(poll.epoch)
      else if (this.#isProven(poll)) this.#confirm(sentAt)
      else this.#confirmedAt = Number.NEGATIVE_INFINITY
      if (this.#schedule.ended(changed)) this.#breakOff(new Error('wake-ups don’t come: the connection is deaf'))
    } catch (error) {
      this.#breakOff(error)
      throw error
    }
  }

  #confirm(sentAt: number): void {
    this.#confirmedAt = sentAt
    this.#next.resolve()
    this.#next = Promise.withResolvers()
  }

  #isProven({ authorization }: Poll): boolean {
    const proven = this.#proof.of(authorization, () => this.#schedule.wake())
    // What was read meanwhile relied on what had been looked up before.
    if (proven === 'new') this.#follower.forgetAll('proof')
    return proven !== 'no'
  }
}
