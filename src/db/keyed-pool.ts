import { untilAborted } from '../kernel/signals.ts'
import type { Connection, Opener } from './connection.ts'
import { ConnectionGroups, type Group } from './connection-groups.ts'
import { unavailable } from './failures.ts'
import { type IdleConnection, IdleConnections } from './idle-connections.ts'
import type { ConnectionBudget } from './settings.ts'
import { type Waiter, WaitingList } from './waiting-list.ts'

/** A first connection takes the place of one that is really idle, not just between two requests, or waits so long. */
const PATIENCE_MS = 50
/**
 * Connections of many roles under one budget. A key's first connection may close the one of another key that has been
 * idle longest; further ones only go into free room, or else active keys take connections from one another all the time.
 */
export class KeyedPool {
  readonly #budget: ConnectionBudget
  readonly #onLost: (key: string, error: Error) => void
  readonly #groups = new ConnectionGroups()
  readonly #owners = new WeakMap<Connection, Group>()
  readonly #idle = new IdleConnections<Group>()
  readonly #waiting = new WaitingList<Group>()
  readonly #sweep: NodeJS.Timeout
  #later: NodeJS.Timeout | undefined
  #makingRoom = 0 // idle ones that are being closed for somebody
  #renewedAt = 0
  #closed = false

  /** @param onLost hears of connections that ended by themselves while nobody used them */
  constructor(budget: ConnectionBudget, onLost: (key: string, error: Error) => void) {
    this.#budget = budget
    this.#onLost = onLost
    this.#sweep = setInterval(() => this.#endOld(), Math.max(budget.idleMs / 10, 10)).unref()
  }

  /**
   * A connection for one borrower: an idle one of this key, else a new one, else when it is this key's turn.
   * @throws AppError UNAVAILABLE after `queueMs`; what `open` throws; `signal`'s reason if that aborts.
   */
  lend(opener: Opener, signal: AbortSignal): Connection | Promise<Connection> {
    const group = this.#groups.find(opener.key)
    return (group && this.#takeFresh(group)) ?? this.#queue(opener, signal)
  }

  /** Takes it back, to be lent again only if it is `reusable`. */
  giveBack(connection: Connection, reusable: boolean): void {
    const group = this.#owners.get(connection)
    if (!group) throw new Error('this connection is not of this pool')
    if (reusable && this.#isFresh(connection)) this.#idle.put(connection, group)
    else void this.#end(connection, group)
    this.#serve()
  }

  /** Nothing that has been opened until now is lent again. */
  renew(): void {
    this.#renewedAt = performance.now()
  }

  /** Ends what is idle, and what is lent out when it comes back; waits for that, but not for ever. */
  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#sweep)
    clearTimeout(this.#later)
    for (const { reject } of this.#waiting.everybody()) reject(unavailable(undefined, 'the app is stopping'))
    for (const entry of this.#idle.all()) void this.#endIdle(entry)
    await this.#groups.emptied()
  }

  async #queue(opener: Opener, signal: AbortSignal): Promise<Connection> {
    signal.throwIfAborted()
    if (this.#closed) throw unavailable(undefined, 'the app is stopping')
    const known = this.#groups.find(opener.key)
    this.#waiting.refuseIfFull(known)
    if (!known || known.count === 0) await untilAborted(opener.ready(), signal)
    const group = this.#groups.for(opener)
    const { promise, resolve, reject } = Promise.withResolvers<Connection>()
    const waiter: Waiter = { opener, since: performance.now(), opens: false, resolve, reject }
    const timeout = setTimeout(() => {
      this.#leave(group, waiter)
      reject(unavailable(undefined, waiter.opens ? undefined : 'all connections are in use'))
    }, this.#budget.queueMs)
    this.#waiting.enter(group, waiter)
    this.#serve()
    try {
      return await untilAborted(promise, signal, (late) => this.giveBack(late, true))
    } finally {
      clearTimeout(timeout)
      this.#leave(group, waiter)
    }
  }

  #leave(group: Group, waiter: Waiter): void {
    this.#waiting.leave(group, waiter)
    this.#groups.forget(group)
  }

  /** Those who have no connection at all come first: it is for them that room is made. */
  #serve(): void {
    if (this.#closed) return
    const newcomers = this.#waiting.newcomers()
    this.#waiting.inTurn((group) => group.count === 0 && this.#serveOne(group, newcomers))
    this.#waiting.inTurn((group) => group.count > 0 && this.#serveOne(group, 0))
  }

  /** Whether it got something: a connection, or one that is being opened. */
  #serveOne(group: Group, newcomers: number): boolean {
    const [first] = group.waiting
    const own = first && this.#takeFresh(group)
    if (own) {
      this.#leave(group, first)
      first.resolve(own)
      return true
    }
    const next = group.waiting.find(({ opens }) => !opens)
    if (!next || group.opening >= group.waiting.length || group.count >= next.opener.most) return false
    if (this.#groups.total < this.#budget.max) {
      void this.#open(group, next)
      return true
    }
    if (this.#makingRoom < newcomers) this.#makeRoom(next)
    return false
  }

  async #open(group: Group, waiter: Waiter): Promise<void> {
    waiter.opens = true
    this.#groups.add(group)
    group.opening++
    try {
      const connection = await waiter.opener.open((lost, error) => this.#heardOfEnd(lost, error))
      this.#owners.set(connection, group)
      group.opening--
      waiter.opens = false
      // Who waits here gets it before anybody else can have it closed.
      const [first] = group.waiting
      if (!first || this.#closed) return this.giveBack(connection, true)
      this.#leave(group, first)
      first.resolve(connection)
    } catch (error) {
      group.opening--
      // Its credentials were used, so it is its failure; others have their own.
      this.#leave(group, waiter)
      waiter.reject(error)
      this.#groups.remove(group)
      this.#serve()
    }
  }

  #makeRoom({ since }: Waiter): void {
    const victim = this.#idle.find(({ owner }) => owner.count > owner.kept)
    if (!victim) return
    const patience = PATIENCE_MS - (performance.now() - Math.min(victim.since, since))
    if (patience <= 0) {
      this.#makingRoom++
      void this.#end(this.#idle.take(victim), victim.owner, () => this.#makingRoom--)
    } else {
      this.#later ??= setTimeout(() => {
        this.#later = undefined
        this.#serve()
      }, patience)
    }
  }

  #isFresh({ openedAt, alive }: Connection): boolean {
    const young = performance.now() - openedAt < this.#budget.lifeMs
    return young && alive() && openedAt >= this.#renewedAt && !this.#closed
  }

  /** Of a key's own the one that was used last, so that the others can go. */
  #takeFresh(group: Group): Connection | undefined {
    for (let entry = group.idle.at(-1); entry; entry = group.idle.at(-1)) {
      if (this.#isFresh(entry.connection)) return this.#idle.take(entry)
      void this.#endIdle(entry)
    }
    return undefined
  }

  #endIdle(entry: IdleConnection<Group>): Promise<void> {
    return this.#end(this.#idle.take(entry), entry.owner)
  }

  async #end(connection: Connection, group: Group, closed?: () => void): Promise<void> {
    await connection.close()
    closed?.()
    this.#groups.remove(group)
    this.#serve()
  }

  #endOld(): void {
    const longAgo = performance.now() - this.#budget.idleMs
    for (const entry of this.#idle.all())
      if (entry.since <= longAgo || !this.#isFresh(entry.connection)) void this.#endIdle(entry)
  }

  #heardOfEnd(connection: Connection, error: Error): void {
    const entry = this.#idle.find((each) => each.connection === connection)
    if (!entry) return // who has borrowed it hears of it
    void this.#endIdle(entry)
    this.#onLost(entry.owner.key, error)
  }
}
