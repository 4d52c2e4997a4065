import type { Coherence, Freshness } from '../cache/index.ts'
import { type ChangeSource, type Poll, reasonOf } from '../db/index.ts'
import { shared } from '../kernel/shared.ts'
import { Confidence } from './confidence.ts'
import { Follower, type Heard } from './follower.ts'
import { HeldTables } from './held-tables.ts'
import { NextPoll } from './next-poll.ts'
import type { FeedOptions } from './options.ts'
import type { Position } from './position.ts'
import { Proof } from './proof.ts'
import { Retries } from './retries.ts'
import { Schedule } from './schedule.ts'
import type { Session } from './session.ts'

/** The longest that somebody waits for a poll, and for a feed that wakes up, in ms. */
const [CATCH_UP_MS, WAKE_MS] = [1_500, 500]

/** Follows what Postgres commits, as long as somebody reads. */
export class Feed implements Freshness {
  readonly coherence: Coherence
  readonly #options: FeedOptions
  readonly #follower: Follower
  readonly #proof: Proof
  readonly #schedule: Schedule
  readonly #stopping = new AbortController()
  readonly #held: HeldTables
  #session: Session | undefined
  /** Why the last session ended, until a poll works. */
  #failed: unknown
  #following: Promise<void> | undefined
  readonly #next = new NextPoll()
  readonly #confidence = new Confidence()
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
    return this.#confidence.ageMs
  }

  /** Where the feed is; undefined before its first poll. */
  position(): Position | undefined {
    return this.#follower.position
  }

  heard = (): readonly Heard[] => this.#follower.heard

  isHeld = (tags: Iterable<string>): boolean => this.#held.has(tags)

  hasPolledSince = (moment: number): boolean => this.#confidence.polledAt > moment

  async wake(): Promise<void> {
    if (this.touch()) await this.#next.within(WAKE_MS).catch(() => undefined)
  }

  async catchUp(): Promise<void> {
    this.touch()
    try {
      await (this.#session ? this.#poll() : this.#nextPoll())
    } catch (error) {
      this.distrust()
      throw error
    }
  }

  distrust = (): void => this.#confidence.distrust()

  /** Why nothing is served from memory though somebody reads; undefined if all is well, or nobody does. */
  trouble(): string | undefined {
    return this.#failed === undefined ? undefined : 'changes can’t be followed: everything is read from Postgres'
  }

  /** Nobody waits for what has only just failed. */
  #nextPoll(): Promise<void> {
    return this.#failed === undefined ? this.#next.within(CATCH_UP_MS) : Promise.reject(this.#failed)
  }

  /** Ends the session. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the app is stopping'))
    this.#schedule.stop()
    await this.#following
  }

  /** Notes that somebody reads. @returns whether nobody has for a while */
  touch(): boolean {
    this.#readAt = performance.now()
    if (this.#following || this.#stopping.signal.aborted) return false
    this.#failed = undefined
    this.#following = this.#follow().finally(() => {
      this.#following = undefined
      // Somebody may have come while it ended.
      if (this.#isWanted()) this.touch()
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
    const retries = new Retries()
    while (this.#isWanted()) {
      const before = this.#confidence.polledAt
      try {
        await db.openChanges((source) => this.#read(source), { signal, onWake })
      } catch (error) {
        if (signal.aborted) return
        this.#failed = error
        this.distrust()
        observe({ event: 'feed.lost', reason: reasonOf(error) })
        await retries.next({ worked: this.#confidence.polledAt > before, signal })
      }
    }
  }

  /** Polls until nobody reads any more. @throws when the session is of no more use */
  async #read(source: ChangeSource): Promise<void> {
    const session: Session = { source, brokenBy: undefined }
    this.#session = session
    void source.lost.then(() => this.#breakOff(session, new Error('the connection has gone')))
    try {
      while (this.#isWanted()) {
        await this.#poll()
        if (!session.brokenBy) await this.#schedule.due()
        if (session.brokenBy) throw session.brokenBy
      }
    } finally {
      this.#session = undefined
    }
  }

  /** What is known to be broken isn't waited for to be too old. An earlier session's end says nothing of this one. */
  #breakOff(session: Session, error: unknown): void {
    session.brokenBy ??= error
    if (session !== this.#session) return
    this.distrust()
    this.#schedule.ring()
  }

  readonly #poll = shared(() => this.#pollOnce())

  async #pollOnce(): Promise<void> {
    const session = this.#session
    if (!session) throw new Error('changes can’t be read just now')
    const sentAt = performance.now()
    this.#schedule.begun()
    try {
      const poll = await session.source.poll(this.#follower.last?.snapshot)
      if (session !== this.#session) throw new Error('the session has come to its end')
      await this.#apply(poll, session, sentAt)
    } catch (error) {
      this.#breakOff(session, error)
      throw error
    }
  }

  async #apply(poll: Poll, { source }: Session, sentAt: number): Promise<void> {
    const { changed, cause } = this.#follower.apply(poll)
    this.#held.note(poll)
    this.#confidence.polled(sentAt)
    this.#failed = undefined
    if (cause === 'backwards') {
      this.distrust()
      await source.renewEpoch(poll.epoch)
    } else if (!this.#isProven(poll)) this.distrust()
    else if (this.#confidence.confirm(sentAt)) this.#next.arrived()
    const heard = this.#schedule.ended({ changed, noted: poll.changes.length > 0 })
    if (heard === 'nothing') throw new Error('wake-ups don’t come: the connection is deaf')
    if (heard === 'perhaps') await source.ring()
  }

  #isProven({ authorization }: Poll): boolean {
    const proven = this.#proof.of(authorization, () => this.#schedule.wake())
    // What was read meanwhile relied on what had been looked up before.
    if (proven === 'new') this.#follower.forgetAll('proof')
    return proven !== 'no'
  }
}
