import type { Connection } from './connection.ts'

/** Whose connections some of the idle ones are: those, last used last. */
export interface Owner {
  readonly idle: IdleConnection<this>[]
}

export interface IdleConnection<Of> {
  readonly connection: Connection
  readonly owner: Of
  /** Of `performance.now()`. */
  readonly since: number
}

/** Connections that nobody uses, of all owners. */
export class IdleConnections<Of extends Owner> {
  readonly #entries = new Set<IdleConnection<Of>>()

  put(connection: Connection, owner: Of): void {
    const entry = { connection, owner, since: performance.now() }
    owner.idle.push(entry)
    this.#entries.add(entry)
  }

  take(entry: IdleConnection<Of>): Connection {
    this.#entries.delete(entry)
    entry.owner.idle.splice(entry.owner.idle.indexOf(entry), 1)
    return entry.connection
  }

  /** Longest idle first. */
  all(): Iterable<IdleConnection<Of>> {
    return this.#entries
  }

  /** The one that has been idle longest of those that are `wanted`. */
  find(wanted: (entry: IdleConnection<Of>) => boolean): IdleConnection<Of> | undefined {
    for (const entry of this.#entries) if (wanted(entry)) return entry
    return undefined
  }
}
